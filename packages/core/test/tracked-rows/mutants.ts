import { without } from '../../../../test/copies/rule.js'

const of = (rule: string, find: string, replace: string) => without('tracked-rows.ts', rule, find, replace)

/** Each rule taken out: a case must find out. */
export const mutants = [
  of('everything may change at once', 'if (tags.includes(wholeSpaceTag)) {', 'if (false) {'),
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
    'of what is not certain nothing is known',
    'some === undefined || some.mayBeUndone === true',
    "(part !== 'rows' && some === undefined) || some?.mayBeUndone === true",
  ),
  of('as many must be known as were changed', 'if (moved.length !== changed) return undefined', ''),
  of('a row that stays as it was is not counted', ' || by.by === 0n', ''),
  of(
    'a row may have been met by another change',
    'const before = this.valueOf(id, column)\n',
    'const before = rows.get(id)?.value\n',
  ),
  of(
    'rows that are not among them had something else',
    'condition.includes?.((name) => (name === column ? value : undefined)) === true',
    'value !== undefined',
  ),
  of(
    'what a change has made of rows is known',
    'for (const { id, after } of moved) this.set(id, column, after, at)',
    '',
  ),
  without(
    'known-values.ts',
    'what is known later is found by what it has',
    'this.#place(id, known)\n    if (this.#rows.size > most)',
    'if (this.#rows.size > most)',
  ),
  without('known-values.ts', 'a row is found by what it has now', 'others.delete(id)\n', '\n'),
  of('what may be undone is not certain', ' || some.mayBeUndone === true', ''),
  of(
    'keys are changed',
    "[texts.column(column), 'anything'] as const",
    "[texts.column(column), 'incoming'] as const",
  ),
  of(
    'rows that come may be those that were changed',
    "if (part === 'incoming') mixed.add(table)",
    "if (part === 'incoming') continue",
  ),
  of(
    'of what came at once with something else it is not told when',
    'for (const { table } of columns) if (mixed.has(table)) table.forgetAll()',
    '',
  ),
  of(
    'nor what it was then',
    'const certain = columns.filter(({ table }) => !mixed.has(table))',
    'const certain = columns',
  ),
  of('rows that are gone are not known', 'table.left(some)', ''),
  of(
    'rows that are gone may be any',
    'if (keys === undefined) return this.forgetAll()',
    'if (keys === undefined) continue',
  ),
  of(
    'more changes may come than are kept',
    'if (this.#free.length === maxFree) return this.forgetAll()',
    'if (this.#free.length === maxFree) return',
  ),
  of(
    'not every row that is named need have been changed',
    'const isCertain = told.changed === keys.length',
    'const isCertain = true',
  ),
  of('what was changed is not what it was', 'else this.#forget(this.#columns.get(column), id)', ''),
  of('all rows must be known', 'return moved.length === keys.length ?', 'return moved.length > 0 ?'),
  of('which row came back with a value is not told', ' || others.some((other) => other !== first)', ''),
  of('a column has a range', 'has < by.min || has > by.max', 'has > by.max'),
  of('a column has a range on both sides', 'has < by.min || has > by.max', 'has < by.min'),
  of('rows that are not named may be this one', '&& !isOther(free)', '&& false'),
  of('what came before it was seen is in it', 'free.at > known.at && ', ''),
  of('other columns say nothing', 'free.column === column && ', ''),
  of(
    'what a row had is told of the column alone',
    'name === column ? known.value : undefined',
    'known.value',
  ),
]
