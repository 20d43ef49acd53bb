/** How the models of a made schema hang together. */
export type SchemaShape = 'hub' | 'chain'

/** The Prisma generators that a schema is made for. */
export type SchemaGenerator = 'prisma-client' | 'prisma-client-js'

/**
 * Writes a Prisma schema of `models` models, `M0`, `M1`, … as text.
 *
 * `hub`: one model that every other belongs to, as `User` or `Tenant` is in most applications, and one more relation to
 * the model ten places before. `chain`: every model belongs to the one before it, so that a path through the relations is
 * as long as the schema. Both have eight scalar fields, an enum and a JSON column per model.
 *
 * @example
 * makeSchema({ shape: 'chain', models: 100, generator: 'prisma-client', output: './generated/client' })
 */
export function makeSchema(options: {
  readonly shape: SchemaShape
  readonly models: number
  readonly generator: SchemaGenerator
  readonly output: string
}): string {
  const relations = makeRelations(options.shape, options.models)
  const header = [
    `generator client {\n  provider = "${options.generator}"\n  output = "${options.output}"\n}`,
    'datasource db {\n  provider = "postgresql"\n}',
    'enum Status {\n  ACTIVE\n  CLOSED\n}',
  ]
  const models = Array.from({ length: options.models }, (_, index) => makeModel(index, relations))
  return [...header, ...models].join('\n\n') + '\n'
}

/** One foreign key: every `M<child>` belongs to an `M<parent>` through `m<parent>` and `m<parent>Id`. */
export interface Relation {
  readonly child: number
  readonly parent: number
}

/** The foreign keys of a made schema. */
export function makeRelations(shape: SchemaShape, models: number): Relation[] {
  return shape === 'hub' ? hubRelations(models) : chainRelations(models)
}

function hubRelations(models: number): Relation[] {
  const relations: Relation[] = []
  for (let child = 1; child < models; child++) {
    relations.push({ child, parent: 0 })
    if (child > 10) relations.push({ child, parent: child - 10 })
  }
  return relations
}

function chainRelations(models: number): Relation[] {
  return Array.from({ length: models - 1 }, (_, index) => ({ child: index + 1, parent: index }))
}

function makeModel(index: number, relations: readonly Relation[]): string {
  const lines = [
    'id Int @id @default(autoincrement())',
    'slug String @unique',
    'title String',
    'body String?',
    'views Int @default(0)',
    'price Decimal?',
    'data Json?',
    'status Status @default(ACTIVE)',
    'createdAt DateTime @default(now())',
  ]
  for (const { child, parent } of relations) {
    const name = `C${child}P${parent}`
    if (parent === index) lines.push(`m${child}s M${child}[] @relation("${name}")`)
    if (child !== index) continue
    lines.push(`m${parent} M${parent} @relation("${name}", fields: [m${parent}Id], references: [id])`)
    lines.push(`m${parent}Id Int`)
  }
  return `model M${index} {\n${lines.map((line) => `  ${line}\n`).join('')}}`
}
