import { mutants as ofOwnReads } from '../../packages/core/test/own-reads/mutants.js'
import { mutants as ofSeenSets } from '../../packages/core/test/seen-sets/mutants.js'
import { mutants as ofTrackedRows } from '../../packages/core/test/tracked-rows/mutants.js'
import { mutants as ofPrisma } from '../../packages/prisma/test/precision/mutants.js'
import { mutants as ofTypeorm } from '../../packages/typeorm/test/precision/mutants.js'
import { mutants as ofRows } from '../../packages/sql/test/rows/mutants.js'
import type { Rule } from '../copies/rule.js'
import type { OrmName } from './maker.js'
import { one, type Mutant } from './mutant.js'

/** Every rule of precision that widens, in the packages' own lists: there each has a case that it decides. */
export function precisionMutants(orm: OrmName): readonly Mutant[] {
  return [
    ...ofRows.map(mutantIn('sql/src/rows/')),
    ...rulesOf(orm)
      .filter(isAsked)
      .map(mutantIn(`${orm}/src/precision/`)),
    // Of TypeORM's reads hardly two ask of the same rows, as these need it.
    ...(orm === 'prisma' ? [...judged, ...ofKnownRows.filter(isAsked).map(mutantIn('core/src/'))] : []),
  ]
}

/** Those that show themselves with the narrow schema alone. */
export function narrowMutants(orm: OrmName): readonly Mutant[] {
  if (orm === 'typeorm') return []
  return [
    ...ofPrisma.filter(isNarrow).map(mutantIn('prisma/src/precision/')),
    ...ofKnownRows.filter(isNarrow).map(mutantIn('core/src/')),
  ]
}

const rulesOf = (orm: OrmName): readonly Rule[] => (orm === 'prisma' ? ofPrisma : ofTypeorm)

const isNarrow = ({ file, rule }: Rule): boolean => narrow.includes(rule) || narrow.includes(file)

const isAsked = (one: Rule): boolean =>
  !isNarrow(one) && !unasked.includes(one.file) && !unasked.includes(one.rule) && !tooRare.includes(one.rule)

const mutantIn =
  (folder: string) =>
  ({ file, rule, find, replace }: Rule): Mutant => ({
    // Without the folder, as its list names it.
    name: `${file.replace(/^.*\//, '').replace('.ts', '')}: ${rule}`,
    rule: 'precision',
    patches: [{ file: folder + file, find, replace }],
  })

// In one namespace, and with a few rows, nothing tells these from what is right.
const outOfReach = [
  'everything may change at once',
  'large sets are not kept',
  'what was seen long ago counts as long',
  'more changes may come than are kept',
  'changes are forgotten',
  'what a set was held against need not be looked at again',
  'what is remembered of touches has an end',
  'of a change that names many sets it is not kept which',
  'a column has a range',
  'a column has a range on both sides',
  // Without these more is stopped, or more room is taken, and nothing else.
  'all columns of a key tell sets apart',
  'of a set of which nothing is known no more is said',
  'a row that stays as it was is not counted',
]

// Of the tiny schema hardly two reads ask of the same rows in these ways.
const narrow = [
  '../../../core/src/precision/joined-rows.ts',
  'rows come to the set',
  'rows come to one set, and not to another',
  'rows may come to any set',
  'what comes to a set is in it',
  'what comes and is not told could be anything',
  'what moves to a set has what it had',
  'what moves to a set and is not told could be anything',
  'as many must be known as were changed',
]

// Tried with the narrow schema as well, and not found in 12,000 steps. Cases, `joined.test.ts` and the bench, which holds every answer against a
// mirror, hold these.
const unasked = [
  'joined-rows.ts',
  'each of several conditions joins with another row',
  'more may come to be joined behind the last of fewer rows than were asked for',
  'a page that others join ends with its last row',
]

// The same: several changes would have to come before anybody asks of any of them, of rows that nobody has asked of since. The cases of core hold
// these.
const tooRare = [
  'rows may come to any set of several columns',
  'what is not told of a row could be anything',
  'a row may have been met by another change',
  'rows that are not among them had something else',
  'what a change has made of rows is known',
  'what is known later is found by what it has',
  'a row is found by what it has now',
  'what a change has brought a later one may touch',
]

const ofKnownRows = [...ofOwnReads, ...ofSeenSets, ...ofTrackedRows].filter(
  ({ file, rule }) => file !== 'foreign-writes.ts' && !outOfReach.includes(rule),
)

const besides = 'prisma/src/precision/besides.ts'
const store = 'core/src/memory-store.ts'

/** What judges by rows that no answer shows, as a whole, and what it is told. */
const judged: readonly Mutant[] = [
  one(
    'judged: no column of a row that is named matters',
    'of a row that is named the columns matter that it was given',
    'core/src/precision/some-rows.ts',
    'const columns = [...assigned, ...selfChanging].map(toLowerCase)\n  const given',
    'const columns: readonly string[] = [].slice(assigned.length + selfChanging.length)\n  const given',
  ),
  one(
    'judged: every comparison says the same',
    'a comparison says the same of what the changed rows had and have',
    besides,
    'return keepsComparisons(comparisons, asked, movedIn(change, column))',
    'return comparisons.length > 0 || keepsComparisons(comparisons, asked, undefined)',
  ),
  one(
    'judged: what is not known of a row compares alike',
    'of every changed row it must be known what it had and has',
    besides,
    'moved !== undefined &&\n  comparisons.every((one) => {',
    'moved === undefined || comparisons.every((one) => {',
  ),
  one(
    'judged: every change stays outside of a page',
    'a changed row was and is before the first row shown, or after the last',
    'core/src/precision/besides.ts',
    'return moved.every(\n',
    'return moved.length > 0 || moved.every(\n',
  ),
  one(
    'judged: every set is untouched',
    'a set must have been seen, and untouched since',
    besides,
    'others.isUntouched?.(table, key.columns, values, change) === true',
    "others.isUntouched?.(table, key.columns, values, change) !== 'asked'",
  ),
  one(
    'judged: sets that nobody saw before the change',
    'a set was seen before the change by which it is judged',
    'core/src/seen-sets.ts',
    'return known !== undefined && known.since < at && !known.touched.includes(at)\n',
    'return known === undefined || (known.since < at && !known.touched.includes(at))\n',
  ),
  one(
    'judged: sets are not held against changes',
    'a change is held against the sets that were seen',
    store,
    'const at = this.#sets.changed(space.prefix, tags, conditions)',
    'const at = this.#sets.changed(space.prefix, [], conditions)',
  ),
  one(
    'judged: what rows have stays what was seen',
    'what rows have follows each change',
    'core/src/tracked-rows.ts',
    'if (has !== undefined && isCertain) this.set(id, column, has, at)',
    'if (has !== undefined && isCertain) continue',
  ),
  one(
    'judged: rows that are being written are tracked',
    'nothing is tracked of rows of a table that is being written',
    store,
    'if (isFree(row.table)) this.#tracked.see',
    'if (isFree(row.table) || row.key.length > 0) this.#tracked.see',
  ),
  one(
    'judged: sets that are being written are seen',
    'no set is seen of a table that is being written',
    store,
    'if (isFree(set.table)) this.#sets.see',
    'if (isFree(set.table) || set.key.length > 0) this.#sets.see',
  ),
]
