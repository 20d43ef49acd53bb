import { without } from '../../../../test/copies/rule.js'

const of = (rule: string, find: string, replace: string) => without('seen-sets.ts', rule, find, replace)

/** Each rule taken out: a case must find out. */
export const mutants = [
  of('everything may change at once', 'isAll || sets.isForeign', 'sets.isForeign'),
  without(
    'foreign-writes.ts',
    'somebody may say by hand that a row has changed',
    '!(isOwn && tags.includes(clock))',
    '!isOwn',
  ),
  without(
    'foreign-writes.ts',
    'who writes in a namespace around it writes other rows',
    'if (!isOwn && !space.prefixes.includes(prefix)) return false',
    'if (!isOwn) return false',
  ),
  of(
    'of a change of which nothing is certain nothing is known',
    'if (some === undefined) sets.forgetAll()',
    'if (some === undefined) continue',
  ),
  of(
    'a change may tell nothing',
    'if (tell === undefined) sets.forgetAll()',
    'if (tell === undefined) continue',
  ),
  of('large sets are not kept', 'if (set.rows.length <= maxRows) ', ''),
  of('a set that was seen later says nothing', 'since !== undefined && since < at', 'since !== undefined'),
  of(
    'rows of the set are touched',
    'if (!condition.excludes(valueOf)) return false',
    'if (condition.excludes(valueOf)) return true',
  ),
  of(
    'rows come to the set',
    'if (entering.some((other) => other.every((value, at) => value === values[at]))) return true',
    '',
  ),
  of(
    'rows may come to any set',
    'if (entering === undefined) return true',
    'if (entering === undefined) return false',
  ),
  of('changes are forgotten', 'from < 0 || ', ''),
  of(
    'what is seen again was perhaps touched before',
    'const since = this.untouchedSince(key, values) ?? now',
    'const since = this.#sets.get(id)?.since ?? now',
  ),
  of(
    'what was seen long ago counts as long',
    'const since = this.untouchedSince(key, values) ?? now',
    'const since = now',
  ),
  of(
    'what a set was held against need not be looked at again',
    'known.upTo = this.#dropped + this.#log.length\n',
    '\n',
  ),
  of('a set has values', "`${key.join()}\\0${values.join('\\0')}`", '`${key.join()}`'),
]
