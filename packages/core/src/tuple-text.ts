/** One text for several: normal values hold no such character, nor do names of columns that anybody gives. */
export const tupleText = (values: readonly string[]): string =>
  values.length === 1 ? values[0]! : values.join('\0')
