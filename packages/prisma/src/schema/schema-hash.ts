import { createHash } from 'node:crypto'

/**
 * A digest of declarations, for keys: two clients of the same schema share entries, whatever the layout of
 * the text and the order of its blocks. Object keys count in the order in which the declarations are built.
 *
 * @returns 32 hexadecimal digits.
 */
export function hashSchema(...declared: readonly (readonly { readonly name: string }[])[]): string {
  const sorted = declared.map((list) => [...list].sort((one, other) => (one.name < other.name ? -1 : 1)))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32)
}
