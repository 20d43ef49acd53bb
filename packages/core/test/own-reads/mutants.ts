import { without } from '../../../../test/copies/rule.js'

const of = (rule: string, find: string, replace: string) => without('own-reads.ts', rule, find, replace)

/** Each rule taken out: a case must find out. */
export const mutants = [
  of('anything may have been done', '[texts.table, texts.incoming,', '[texts.incoming,'),
  of('a row that came may be another', ' texts.incoming,', ''),
  of('a row that left may have come again', ', texts.leaving]', ']'),
  of(
    'keys may have been changed',
    'if (rowKey.columns.some((column) => has(texts.column(column)))) return conditions',
    '',
  ),
  of('a row may show no value', 'number === undefined || ', ''),
  of('a row may have been left as it was', 'by === undefined || ', ''),
  of('by nothing a row is left as it was', ' || by.by === 0n', ''),
  of(
    'rows that are not told may be any',
    'if (touched === undefined) return -1',
    'if (touched === undefined) continue',
  ),
  of(
    'a row is another than those that were changed',
    'if (!touched.some((other) => other.every((value, part) => value === key[part]))) continue',
    '',
  ),
  of('a row may have been changed twice', 'found >= 0 || ', ''),
  of('others may have been changed with it', 'found >= 0 || touched.length > 1', 'found >= 0'),
  of('another schema has other tables', ' || told.schema !== schema', ''),
  of('a value may have been cut off', ' || isAtBound(by, number)', ''),
  of('a value may have been cut off at the least', 'number <= min || ', ''),
  of('a value may have been cut off at the most', ' || number >= max', ''),
]
