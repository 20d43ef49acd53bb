import { held, type Held } from '@freshet/testing'

/** The way to the server: requests arrive in the order in which they are sent, and answers can be held up. */
export class Network {
  #held: Held<void> | undefined

  async send<T>(carryOut: () => T): Promise<T> {
    const barrier = this.#held
    await Promise.resolve()
    const answer = carryOut()
    await barrier?.promise
    return answer
  }

  /** Answers to what is sent from now on stay on the way, until the function that is returned is called. */
  holdAnswers(): () => void {
    const barrier = held()
    this.#held = barrier
    return () => {
      this.#held = undefined
      barrier.resolve()
    }
  }
}
