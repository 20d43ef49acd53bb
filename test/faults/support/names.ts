/** By which the fifth version looks for the member of a row. */
export const nameLookedFor = (id: number): string => `named ${id}`
