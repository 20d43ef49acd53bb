import type { FindManyOptions, ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm'

/** Why what this runner reads may be neither served nor stored, if so. */
export function runnerObstacle(runner: QueryRunner | undefined): string | undefined {
  if (runner === undefined) return undefined
  // Its session is the caller's: nobody else may be answered with what has been set, begun by hand or locked in it.
  return runner.isTransactionActive ? 'transaction' : 'queryRunner'
}

export function optionsObstacle(options: FindManyOptions<ObjectLiteral> | undefined): string | undefined {
  if (options?.lock !== undefined) return 'lock'
  return options?.transaction === true ? 'transaction' : undefined
}

export function builderObstacle(builder: SelectQueryBuilder<ObjectLiteral>): string | undefined {
  const { expressionMap } = builder
  if (expressionMap.lockMode !== undefined) return 'lock'
  if (expressionMap.useTransaction) return 'transaction'
  if (expressionMap.mainAlias?.hasMetadata !== true) return 'no entity'
  if (expressionMap.options.includes('create-pojo')) return 'plain objects'
  const { queryRunner } = builder as unknown as { readonly queryRunner: QueryRunner | undefined }
  return runnerObstacle(queryRunner)
}
