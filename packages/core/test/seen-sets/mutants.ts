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
  of('large sets are not kept', 'if (set.rows.length <= most) ', ''),
  of('a set that was seen later says nothing', 'known.since < at && ', ''),
  of(
    'rows of the set are touched',
    'if (!condition.excludes(valueOf)) return false',
    'if (condition.excludes(valueOf)) return true',
  ),
  of('rows come to the set', '!mayCome && ', ''),
  without(
    'remembered-rows.ts',
    'rows come to one set, and not to another',
    '?.includes(compact(values[0]!)) !== false',
    ' !== undefined',
  ),
  without(
    'remembered-rows.ts',
    'rows may come to any set of several columns',
    '(other) => other.every((value, at) => value === values[at])) !== false',
    '(other) => other.every((value, at) => value === values[at])) === true',
  ),
  without(
    'remembered-rows.ts',
    'all columns of a key tell sets apart',
    'other.every((value, at)',
    'other.some((value, at)',
  ),
  without(
    'remembered-rows.ts',
    'rows may come to any set',
    '?.includes(compact(values[0]!)) !== false',
    '?.includes(compact(values[0]!)) === true',
  ),
  without(
    'changes-by-key.ts',
    'a change that names a set concerns it',
    'places.named.get(tupleText(values)) ?? none',
    'none',
  ),
  without(
    'changes-by-key.ts',
    'a change that does not tell which sets it concerns may concern any',
    'const any = atLeast(places.any, from)',
    'const any: readonly number[] = none',
  ),
  without(
    'changes-by-key.ts',
    'of a change that names many sets it is not kept which',
    'any.push(upTo)',
    'if (sets === undefined) any.push(upTo)',
  ),
  without(
    'changes-by-key.ts',
    'what a change has brought a later one may touch',
    '.sort((one, other) => one - other)',
    '',
  ),
  without(
    'remembered-rows.ts',
    'a set in which rows were changed is concerned',
    'entering && [...touched, ...entering]',
    'entering',
  ),
  without(
    'remembered-rows.ts',
    'a set to which rows come is concerned',
    'entering && [...touched, ...entering]',
    'entering && touched',
  ),
  of('changes are forgotten', 'if (from < 0) return this.#forget(id)', ''),
  of(
    'what is seen again was perhaps touched before',
    'const before = this.find(key, values)\n',
    'const before = this.#sets.get(id)\n',
  ),
  of(
    'what was seen long ago counts as long',
    'const { since, touched } = before ?? { since: now, touched: [] }',
    'const { since, touched } = { since: now, touched: [] as number[] }',
  ),
  of('what is seen later lacks nothing before', 'known.covers < at && ', ''),
  of(
    'what is seen again was perhaps something else',
    'const covers = isAsBefore ? before.covers : now',
    'const covers = before === undefined ? now : before.covers',
  ),
  of(
    'a row may have anything',
    'if (has === undefined || has === value) return false',
    'if (has === value) return false',
  ),
  of(
    'a row has what it has',
    'if (has === undefined || has === value) return false',
    'if (has === undefined) return false',
  ),
  of('rows that do not tell may have anything', 'if (at < 0) return count === 0', 'if (at < 0) return true'),
  without(
    'member-values.ts',
    'what one of many has is not lacking',
    'this.#of.get(column)?.has(compact(value)) === false',
    'this.#of.get(column) !== undefined',
  ),
  of('a change that has touched it stays one', ' && !known.touched.includes(at)', ''),
  of('a change that has touched it is remembered', 'known.touched.push(at)', ''),
  of(
    'what is remembered of touches has an end',
    'if (known.touched.length > maxTouched) known.since = known.touched.shift()!',
    'if (known.touched.length > maxTouched) known.touched.shift()',
  ),
  of('what comes to a set is in it', 'known.members.changed(told, mayCome)', ''),
  without(
    'member-values.ts',
    'what moves to a set has what it had',
    'mayCome ? told.touchedIn(column) : none',
    'none',
  ),
  without(
    'member-values.ts',
    'what moves to a set and is not told could be anything',
    'mayCome ? told.touchedIn(column) : none',
    'mayCome ? (told.touchedIn(column) ?? none) : none',
  ),
  of('of a set of which nothing is known no more is said', 'return !known.members.isEmpty', 'return true'),
  without(
    'member-values.ts',
    'what is not told of a row could be anything',
    'if (value === undefined) return',
    'if (value === undefined) continue',
  ),
  without(
    'member-values.ts',
    'what comes and is not told could be anything',
    'if (entering === undefined || touched === undefined) this.#of.delete(column)',
    'if (touched === undefined) this.#of.delete(column)\n      else if (entering === undefined) continue',
  ),
  of(
    'what a set was held against need not be looked at again',
    'known.upTo = this.#dropped + this.#log.length\n',
    '\n',
  ),
  of('a set has values', "`${key.join()}\\0${values.join('\\0')}`", '`${key.join()}`'),
]
