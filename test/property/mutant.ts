/** One rule of the sources taken out: in each file `find` stands exactly once and gives way to `replace`. */
export interface Mutant {
  readonly name: string
  /** The rule that is missing. */
  readonly rule: string
  readonly patches: readonly Patch[]
}

export interface Patch {
  /** From `packages/`. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

export const one = (name: string, rule: string, file: string, find: string, replace: string): Mutant => ({
  name,
  rule,
  patches: [{ file, find, replace }],
})

/** Statements for which `condition` (over `sql`) holds are taken for reads. */
export const unseen = (name: string, rule: string, condition: string): Mutant =>
  one(
    `unseen ${name}`,
    `${rule} invalidates`,
    'sql/src/classifier.ts',
    'return (sql) => {',
    `return (sql) => {\n    if (${condition}) return { ...base, sql, kind: 'read' }`,
  )

/** The same where the database does not say what its keys do: where it does, what the schema declares of them decides nothing. */
export const withoutCatalogue = (mutant: Mutant): Mutant => ({
  ...mutant,
  patches: [
    ...mutant.patches,
    {
      file: 'sql/src/catalogue/live-catalogue.ts',
      find: 'const rows = await question.run(catalogueQueries[dialect])',
      replace:
        'const rows: readonly unknown[] = await Promise.reject(new Error(`as if it refused ${catalogueQueries[dialect]}`))',
    },
  ],
})

/** The same where reads depend on whole tables: precision leaves such rules next to nothing to do. */
export const byTables = (mutant: Mutant): Mutant => ({
  ...mutant,
  patches: [
    ...mutant.patches,
    {
      file: 'prisma/src/precision/read-precision.ts',
      find: 'const plan = planPrecisely(schema, model, operation, args, dataPath)',
      replace: "throw new NotUnderstood('as if it were not')",
    },
  ],
})
