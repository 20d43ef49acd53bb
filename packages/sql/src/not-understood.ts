/** Thrown inside the analysis, and turned into a result of its own at its edge: callers widen. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood'
}
