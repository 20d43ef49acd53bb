import type { DataSource, EntityMetadata, ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm'
import type { AliasShape } from './alias-shape.js'
import { pathOfRelation, shapeOf } from './alias-shape.js'
import { EntityCapture } from './entity-capture.js'
import { lacksKeysOfPage } from './keys-of-a-page.js'
import { holderOf, pathText } from './property-path.js'
import { recordingDriver } from './recording-driver.js'
import type { EntitySnapshot, LateRelation, LoadedNodes, Related } from './snapshot.js'

type Builder = SelectQueryBuilder<ObjectLiteral>
type RelationMetadata = EntityMetadata['relations'][number]

/** What this rests on inside of TypeORM's `SelectQueryBuilder`: the same in 1.0 to 1.1.1. */
interface BuilderInternals {
  readonly relationMetadatas: readonly RelationMetadata[]
  readonly queryRunner: QueryRunner | undefined
  createQueryBuilder(queryRunner?: QueryRunner): Builder
  obtainQueryRunner(): QueryRunner
  executeEntitiesAndRawResults(queryRunner: QueryRunner): Promise<{ entities: object[]; raw: unknown }>
}

type Broadcaster = QueryRunner['broadcaster']

/** A loaded result that no copy can be built of: these are the entities themselves, listeners called. */
export class Unrebuildable {
  readonly entities: readonly object[]
  readonly reason: string

  constructor(entities: readonly object[], reason: string) {
    this.entities = entities
    this.reason = reason
  }
}

/**
 * Runs a query as `getMany()` does, and takes its entities down before any listener has seen them. The query itself is
 * TypeORM's own, from the first statement to the last relation.
 *
 * It reads from the master: what a replica lags behind with must not be kept.
 *
 * @returns a snapshot; no listener has been called. Or the entities, if the snapshot would not be faithful
 */
export async function recordLoad(builder: Builder): Promise<EntitySnapshot | Unrebuildable> {
  const recording = new Recording(builder.dataSource)
  const entities = await recording.over(builder).getMany()
  return recording.result(entities)
}

interface LoadEvent extends LoadedNodes {
  readonly builder: Builder
  readonly metadata: EntityMetadata
  readonly entities: readonly object[]
  /** Calls the listeners; `undefined` once it has, and where the query asked for none. */
  broadcast: (() => Promise<void>) | undefined
}

class Recording {
  readonly #dataSource: DataSource
  readonly #recordingDataSource: DataSource
  readonly #capture: EntityCapture
  readonly #events: LoadEvent[] = []
  readonly #realRunners = new WeakMap<QueryRunner, QueryRunner>()
  #open = true

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource
    this.#recordingDataSource = Object.create(dataSource, {
      driver: { value: recordingDriver(dataSource) },
    }) as DataSource
    this.#capture = new EntityCapture(dataSource)
  }

  /** `builder` under another face: it builds entities with what this recording puts between it and its parts. */
  over(builder: Builder): Builder {
    const internals = builder as unknown as BuilderInternals
    const face: Partial<BuilderInternals> = {
      createQueryBuilder: (queryRunner) =>
        this.over(internals.createQueryBuilder.call(recorded, queryRunner)),
      obtainQueryRunner: () => internals.queryRunner ?? this.#dataSource.createQueryRunner('master'),
      executeEntitiesAndRawResults: (queryRunner) => this.#execute(recorded, builder, queryRunner),
    }
    const recorded = Object.create(builder, {
      dataSource: { value: this.#recordingDataSource },
      expressionMap: { value: recordingMap(builder.expressionMap) },
      ...Object.getOwnPropertyDescriptors(face),
    }) as Builder
    return recorded
  }

  async result(roots: readonly object[]): Promise<EntitySnapshot | Unrebuildable> {
    this.#open = false
    const late = this.#events.flatMap((event) => this.#lateRelations(event))
    const snapshot: EntitySnapshot = {
      shapes: this.#capture.shapes,
      nodes: this.#capture.nodes,
      roots: roots.map((entity) => this.#nodeOf(entity) ?? 0),
      events: this.#events
        .filter(({ broadcast }) => broadcast !== undefined)
        .map(({ entity, nodes }) => ({ entity, nodes })),
      late,
    }
    const { refusal } = this.#capture
    if (refusal === undefined) return snapshot
    await this.#catchUp()
    return new Unrebuildable(roots, refusal)
  }

  #execute(
    recorded: Builder,
    builder: Builder,
    queryRunner: QueryRunner,
  ): ReturnType<BuilderInternals['executeEntitiesAndRawResults']> {
    const internals = builder as unknown as BuilderInternals
    const { callListeners } = builder.expressionMap
    return internals.executeEntitiesAndRawResults.call(
      recorded,
      this.#runnerFor(recorded, queryRunner, callListeners),
    )
  }

  /** `queryRunner`, but entities that it would tell listeners about come here. Nothing is written to it. */
  #runnerFor(builder: Builder, queryRunner: QueryRunner, isAudible: boolean): QueryRunner {
    const real = this.#realRunners.get(queryRunner) ?? queryRunner
    const broadcaster = Object.create(real.broadcaster, {
      broadcast: {
        value: async (event: string, ...details: unknown[]) => {
          if (event !== 'Load' || !this.#open) return broadcastBy(real.broadcaster, event, details)
          const [metadata, entities] = details as [EntityMetadata, object[]]
          await this.#loaded(builder, metadata, entities, isAudible ? real : undefined)
        },
      },
    }) as Broadcaster
    const runner = Object.create(real, {
      broadcaster: { value: broadcaster },
      // On the runner itself: it keeps its connection.
      query: { value: real.query.bind(real) },
    }) as QueryRunner
    this.#realRunners.set(runner, real)
    return runner
  }

  async #loaded(
    builder: Builder,
    metadata: EntityMetadata,
    entities: readonly object[],
    audibleOn: QueryRunner | undefined,
  ): Promise<void> {
    const { expressionMap } = builder
    const shape: AliasShape = shapeOf(expressionMap, expressionMap.mainAlias!)
    this.#events.push({
      builder,
      metadata,
      entities,
      entity: this.#capture.nameOf(metadata),
      nodes: this.#capture.captureAll(entities, shape),
      broadcast: audibleOn && (() => broadcastBy(audibleOn.broadcaster, 'Load', [metadata, entities])),
    })
    if (this.#capture.refusal !== undefined) await this.#catchUp()
  }

  /** The entities themselves will be the answer: their listeners are called after all. */
  async #catchUp(): Promise<void> {
    for (const event of this.#events) {
      const { broadcast } = event
      event.broadcast = undefined
      await broadcast?.()
    }
  }

  /** What queries of their own have put into the entities since. */
  #lateRelations({ builder, entities, nodes }: LoadEvent): LateRelation[] {
    if (builder.expressionMap.relationLoadStrategy !== 'query') return []
    const { relationMetadatas } = builder as unknown as BuilderInternals
    return relationMetadatas.map((relation) => {
      const { parents, key } = pathOfRelation(relation)
      const owners: number[] = []
      const related: Related[] = []
      for (const [index, entity] of entities.entries()) {
        const value = holderOf(entity, parents)?.[key]
        if (value === undefined) continue
        owners.push(nodes[index]!)
        related.push(this.#relatedNodes(value))
      }
      return { path: pathText({ parents, key }), owners, related }
    })
  }

  #relatedNodes(value: unknown): Related {
    if (value === null) return null
    if (Array.isArray(value)) return value.map((entity) => this.#nodeOf(entity) ?? 0)
    return this.#nodeOf(value) ?? null
  }

  #nodeOf(entity: unknown): number | undefined {
    const index = this.#capture.indexOf(entity)
    if (index === undefined) this.#capture.refuse('an entity was not built from rows')
    return index
  }
}

/** `map`, and what running the query writes to it: the caller's builder stays as it is, to be asked again. */
function recordingMap(map: Builder['expressionMap']): Builder['expressionMap'] {
  const recorded = Object.assign(Object.create(map) as Builder['expressionMap'], {
    relationIdAttributes: [...map.relationIdAttributes],
    // The event is what tells that the entities are there, whether anybody is to hear of it or not.
    callListeners: true,
    // Rows from a cache would be stored here as if they were new.
    cache: false,
  })
  if (!lacksKeysOfPage(map)) return recorded
  const clone = () => Object.assign(map.clone.call(recorded), { queryEntity: recorded.queryEntity })
  return Object.assign(recorded, { clone })
}

async function broadcastBy(broadcaster: Broadcaster, event: string, details: unknown[]): Promise<void> {
  const { broadcast } = broadcaster as unknown as {
    broadcast(event: string, ...details: unknown[]): Promise<void>
  }
  await broadcast.call(broadcaster, event, ...details)
}

/** `builder`, but it reads from the master where it is given no runner: a replica may lag behind. */
export function onMaster(builder: Builder): Builder {
  const { queryRunner } = builder as unknown as BuilderInternals
  const obtainQueryRunner = () => queryRunner ?? builder.dataSource.createQueryRunner('master')
  return Object.create(builder, { obtainQueryRunner: { value: obtainQueryRunner } }) as Builder
}
