/** For whoever has only a way to resolve. */
export async function rejected(reason: unknown): Promise<never> {
  throw reason
}
