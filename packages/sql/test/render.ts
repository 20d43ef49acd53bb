import type { StatementAnalysis, StatementFacts, TableName } from '../src/index.js'

/**
 * An analysis as one line, as the fixtures write it:
 * `write update a.b, delete c from d locking session commits calling f [commit]`, statements apart by `; `.
 */
export function render(analysis: StatementAnalysis): string {
  if (analysis.kind === 'unknown') return 'unknown'
  return analysis.statements.map(renderStatement).join('; ')
}

/** A table as `schema.name` or `name`. */
export function renderTable({ schema, name }: TableName): string {
  return schema === undefined ? name : `${schema}.${name}`
}

function renderStatement(facts: StatementFacts): string {
  const writes = facts.writes.map(({ table, action, cascade }) => {
    return `${action} ${renderTable(table)}${cascade === true ? ' cascade' : ''}`
  })
  return [
    facts.effect,
    writes.join(', '),
    facts.reads.length > 0 ? `from ${facts.reads.map(renderTable).join(', ')}` : '',
    facts.locks ? 'locking' : '',
    facts.session ? 'session' : '',
    facts.commitsImplicitly ? 'commits' : '',
    facts.calls.length > 0 ? `calling ${facts.calls.join(', ')}` : '',
    facts.temporary === undefined ? '' : `temporary ${renderTable(facts.temporary)}`,
    facts.transaction === undefined ? '' : renderControl(facts.transaction),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function renderControl(transaction: NonNullable<StatementFacts['transaction']>): string {
  const { control } = transaction
  if ('name' in transaction) return `[${control} ${transaction.name}]`
  if ('enabled' in transaction) return `[${control} ${transaction.enabled ? 'on' : 'off'}]`
  return 'chain' in transaction && transaction.chain ? `[${control} chain]` : `[${control}]`
}
