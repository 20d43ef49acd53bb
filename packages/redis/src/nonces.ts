import { randomBytes } from 'node:crypto'

/** Makes texts that no process has made before: for generations, together with the server's time, and for intents. */
export class Nonces {
  // 96 bits; base64url has none of the characters that part a tag's value.
  readonly #process = randomBytes(12).toString('base64url')
  #count = 0

  next(): string {
    return `${this.#process}.${(++this.#count).toString(36)}.`
  }
}
