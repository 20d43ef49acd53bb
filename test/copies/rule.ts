/** A rule to take out: in the file `find` stands exactly once, and gives way to `replace`. */
export interface Rule {
  /** From the folder that is copied. */
  readonly file: string
  readonly rule: string
  readonly find: string
  readonly replace: string
}

export const without = (file: string, rule: string, find: string, replace: string): Rule => ({
  file,
  rule,
  find,
  replace,
})
