import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm'
import { LRUCache } from 'lru-cache'
import { entityNamesOf } from './entity-names.js'
import { freezeEntities } from './freeze-entities.js'
import { NodeBuilder, relatedOf } from './node-builder.js'
import { OutdatedSnapshot } from './outdated-snapshot.js'
import { holderOf, parsePath } from './property-path.js'
import type { EntitySnapshot, NodeShape } from './snapshot.js'

const maxBuilders = 5_000

/** Makes entities of snapshots, for one DataSource as it was initialized. */
export class Restorer {
  readonly #dataSource: DataSource
  readonly #builders = new LRUCache<string, NodeBuilder>({ max: maxBuilders })

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource
  }

  /**
   * The entities that TypeORM would have built: of their classes, with relations, transformed values and lazy
   * relations, `@AfterLoad` and subscribers called. Nothing of the snapshot is given away.
   *
   * @param frozen whether they may not be changed
   * @param runner the query runner that they are read through, if any: their lazy relations and listeners read through it
   * @returns a promise where there are listeners
   * @throws what a value transformer or a listener throws; {@link OutdatedSnapshot}
   */
  restore(
    snapshot: EntitySnapshot,
    frozen: boolean,
    runner: QueryRunner | undefined,
  ): object[] | Promise<object[]> {
    const builders = snapshot.shapes.map((shape) => this.#builderOf(shape))
    const built: object[] = []
    for (const node of snapshot.nodes) built.push(builders[node[0] as number]!.build(node, built, runner))
    const roots = snapshot.roots.map((index) => built[index]!)
    const done = (): object[] => {
      setLate(snapshot, built)
      if (frozen) freezeEntities(built)
      return frozen ? (Object.freeze(roots) as object[]) : roots
    }
    return this.#hasListeners(builders) ? this.#tell(snapshot, built, runner).then(done) : done()
  }

  #builderOf(text: string): NodeBuilder {
    let builder = this.#builders.get(text)
    if (builder === undefined) {
      const shape = JSON.parse(text) as NodeShape
      builder = new NodeBuilder(this.#dataSource, this.#metadataOf(shape.entity), shape)
      this.#builders.set(text, builder)
    }
    return builder
  }

  #metadataOf(name: string): EntityMetadata {
    const metadata = entityNamesOf(this.#dataSource).metadataOf(name)
    if (metadata === undefined) throw new OutdatedSnapshot(`an entity ${name}`)
    return metadata
  }

  #hasListeners(builders: readonly NodeBuilder[]): boolean {
    for (const builder of builders) if (builder.hasListeners) return true
    for (const subscriber of this.#dataSource.subscribers) if (subscriber.afterLoad !== undefined) return true
    return false
  }

  /** TypeORM itself walks the entities, in its own order. */
  async #tell(
    snapshot: EntitySnapshot,
    built: readonly object[],
    runner: QueryRunner | undefined,
  ): Promise<void> {
    if (snapshot.events.length === 0) return
    const queryRunner = runner ?? this.#createQueryRunner()
    try {
      for (const { entity, nodes } of snapshot.events) {
        const entities = nodes.map((index) => built[index]!)
        await queryRunner.broadcaster.broadcast('Load', this.#metadataOf(entity), entities)
      }
    } finally {
      if (runner === undefined) await queryRunner.release()
    }
  }

  #createQueryRunner(): QueryRunner {
    return this.#dataSource.createQueryRunner(this.#dataSource.defaultReplicationModeForReads())
  }
}

function setLate({ late }: EntitySnapshot, built: readonly object[]): void {
  for (const { path, owners, related } of late) {
    const { parents, key } = parsePath(path)
    for (let i = 0; i < owners.length; i++) {
      const holder = holderOf(built[owners[i]!]!, parents)
      if (holder !== undefined) holder[key] = relatedOf(related[i]!, built)
    }
  }
}

const byMetadatas = new WeakMap<readonly EntityMetadata[], Restorer>()

export function restorerOf(dataSource: DataSource): Restorer {
  // Initializing again builds the metadata anew.
  let restorer = byMetadatas.get(dataSource.entityMetadatas)
  if (restorer === undefined) {
    byMetadatas.set(dataSource.entityMetadatas, (restorer = new Restorer(dataSource)))
  }
  return restorer
}
