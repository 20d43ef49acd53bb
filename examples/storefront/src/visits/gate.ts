type Group = 'changes' | 'comparisons'

/**
 * Keeps changes and comparisons apart: any number of either may be inside at once, never both.
 * So changes still run side by side and race with reads, but while answers are compared nothing changes.
 */
export class Gate {
  #inside: Group | undefined
  #count = 0
  #changesEntered = 0
  #waiting: { group: Group; admit: () => void }[] = []

  /** Runs `work` when nobody of the other group is inside. Whoever waits longest is let in first. */
  async enter<T>(group: Group, work: () => PromiseLike<T>): Promise<T> {
    if (this.#waiting.length > 0 || (this.#inside ?? group) !== group) {
      await new Promise<void>((admit) => this.#waiting.push({ group, admit }))
    } else {
      this.#admit(group)
    }
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  /** Starts to watch; the function that it returns says whether no change has been inside since. */
  watch(): () => boolean {
    const before = this.#changesEntered
    const quietAtStart = this.#inside !== 'changes'
    return () => quietAtStart && this.#changesEntered === before
  }

  #admit(group: Group): void {
    this.#inside = group
    this.#count += 1
    if (group === 'changes') this.#changesEntered += 1
  }

  #leave(): void {
    this.#count -= 1
    if (this.#count > 0) return
    this.#inside = undefined
    const next = this.#waiting[0]?.group
    const admitted = this.#waiting.filter(({ group }) => group === next)
    this.#waiting = this.#waiting.filter(({ group }) => group !== next)
    for (const { group, admit } of admitted) {
      this.#admit(group)
      admit()
    }
  }
}
