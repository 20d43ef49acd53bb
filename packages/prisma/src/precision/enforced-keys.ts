import type { Catalogue } from '@freshet/sql'
import type { ForeignKey } from '../schema/data-model.js'

/** Tells whether the database holds a key to its rows, so that a row which comes cannot have been referenced before. */
export function enforcedKeys(catalogue: Catalogue | undefined): (foreignKey: ForeignKey) => boolean {
  if (catalogue === undefined) return () => false
  return ({ child, parent, columns, references }) =>
    columns !== undefined &&
    references !== undefined &&
    catalogue.foreignKeys.some(
      (key) =>
        key.isEnforced &&
        key.child === child &&
        key.parent === parent &&
        isSame(key.columns, columns) &&
        isSame(key.references, references),
    )
}

const isSame = (a: readonly string[] | undefined, b: readonly string[]): boolean =>
  a !== undefined && a.length === b.length && a.every((column, at) => column === b[at])
