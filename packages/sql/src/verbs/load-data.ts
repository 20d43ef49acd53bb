import { NotUnderstood } from '../not-understood.js'
import { readTableName } from '../names.js'
import { wordAt } from '../tokens.js'
import type { Context } from '../context.js'

/** MySQL's `LOAD DATA|XML … INFILE … [REPLACE|IGNORE] INTO TABLE t …` */
export function walkLoadData({ source, found }: Context, verb: number, end: number): void {
  const format = wordAt(source, verb + 1)
  if (source.dialect !== 'mysql' || (format !== 'data' && format !== 'xml')) {
    throw new NotUnderstood('LOAD loads something unknown')
  }
  for (let at = verb + 2; at < end; at++) {
    if (wordAt(source, at) !== 'into' || wordAt(source, at + 1) !== 'table') continue
    const { table } = readTableName(source, at + 2)
    found.addWrite({ table, action: wordAt(source, at - 1) === 'replace' ? 'replace' : 'insert' })
    return
  }
  throw new NotUnderstood('LOAD DATA names no table')
}
