import { arrayBytes, gluedTextBytes, mapBytes, mapPlaceBytes, objectBytes, word } from './heap-bytes.js'
import { tupleText } from './tuple-text.js'

/** Of a change that names more sets than this it is kept that it may concern any. */
const maxNamed = 32

/** In a log that drops its oldest changes, places count on. */
type Place = number

/** What is known of one key of a table. */
interface Places {
  /** Of changes that may concern any set of the key. */
  readonly any: Place[]
  /** Of changes that name the sets which they concern, by the values of these. */
  readonly named: Map<string, Place[]>
  /** All changes before it are in here. */
  upTo: Place
}

/**
 * In a log of changes, those that may concern a set of rows, told by what they say of its key: most name other sets, and need not be looked at.
 */
export class ChangesByKey<Change> {
  readonly #of = new Map<string, Places>()
  readonly #setsOf: (change: Change, key: readonly string[]) => readonly (readonly string[])[] | undefined
  #bytes = 0

  /** @param setsOf the values of the sets which a change concerns; `undefined`: it could be any */
  constructor(
    setsOf: (change: Change, key: readonly string[]) => readonly (readonly string[])[] | undefined,
  ) {
    this.#setsOf = setsOf
  }

  /** What it occupies, estimated. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Places in the log, from `from` on and in its order.
   *
   * @param first the place of the first change that is still in `log`
   */
  concerning(
    key: readonly string[],
    values: readonly string[],
    from: Place,
    log: readonly Change[],
    first: Place,
  ): readonly Place[] {
    const places = this.#upToDate(key, log, first)
    const any = atLeast(places.any, from)
    const named = atLeast(places.named.get(tupleText(values)) ?? none, from)
    if (any.length === 0 || named.length === 0) return any.length === 0 ? named : any
    return [...any, ...named].sort((one, other) => one - other)
  }

  #upToDate(key: readonly string[], log: readonly Change[], first: Place): Places {
    const name = key.join()
    let places = this.#of.get(name)
    if (places === undefined) {
      this.#of.set(name, (places = { any: [], named: new Map(), upTo: first }))
      this.#bytes += 2 * objectBytes + mapPlaceBytes + mapBytes + arrayBytes + gluedTextBytes(name)
    }
    for (; places.upTo < first + log.length; places.upTo++) this.#add(places, key, log[places.upTo - first]!)
    return places
  }

  #add({ any, named, upTo }: Places, key: readonly string[], change: Change): void {
    const sets = this.#setsOf(change, key)
    if (sets === undefined || sets.length > maxNamed) {
      any.push(upTo)
      this.#bytes += word
      return
    }
    for (const values of sets) {
      const id = tupleText(values)
      const known = named.get(id)
      if (known === undefined) {
        named.set(id, [upTo])
        this.#bytes += mapPlaceBytes + arrayBytes + gluedTextBytes(id) + word
      } else if (known.at(-1) !== upTo) {
        known.push(upTo)
        this.#bytes += word
      }
    }
  }

  /** What the log has dropped is in here no more; what is left is read again. */
  clear(): void {
    this.#of.clear()
    this.#bytes = 0
  }
}

const none: readonly Place[] = []

/** What is asked for is nearly always at the end. */
function atLeast(places: readonly Place[], from: Place): readonly Place[] {
  let at = places.length
  while (at > 0 && places[at - 1]! >= from) at--
  return at === places.length ? none : places.slice(at)
}
