import type { FindManyOptions, ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm'

/** The query runner that a builder was given, if any. */
export function runnerOf(builder: SelectQueryBuilder<ObjectLiteral>): QueryRunner | undefined {
  return (builder as unknown as { readonly queryRunner: QueryRunner | undefined }).queryRunner
}

/** Why what is read with these options may be neither served nor stored, if so. */
export function optionsObstacle(options: FindManyOptions<ObjectLiteral> | undefined): string | undefined {
  if (options?.lock !== undefined) return 'lock'
  return options?.transaction === true ? 'transaction' : undefined
}

/** As {@link optionsObstacle}, of a builder. */
export function builderObstacle(builder: SelectQueryBuilder<ObjectLiteral>): string | undefined {
  const { expressionMap } = builder
  if (expressionMap.lockMode !== undefined) return 'lock'
  if (expressionMap.useTransaction) return 'transaction'
  if (expressionMap.mainAlias?.hasMetadata !== true) return 'no entity'
  return expressionMap.options.includes('create-pojo') ? 'plain objects' : undefined
}
