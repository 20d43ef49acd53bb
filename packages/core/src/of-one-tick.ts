/** Remembers the last thing and what was made of it, until the event loop turns: many readers may want the same of it at once. */
export class OfOneTick<Thing, Made> {
  #thing: Thing | undefined
  #made: Made | undefined

  /** @param thing not `undefined` */
  find(thing: Thing): Made | undefined {
    return thing === this.#thing ? this.#made : undefined
  }

  keep(thing: Thing, made: Made): Made {
    if (this.#thing === undefined) process.nextTick(this.#forget)
    this.#thing = thing
    return (this.#made = made)
  }

  readonly #forget = (): void => {
    this.#thing = this.#made = undefined
  }
}
