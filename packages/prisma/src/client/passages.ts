import type { Engine, LoadContext } from '@freshet/core/adapter'
import type { Tap } from '../tap/tap.js'

const loadsBeforeWarning = 10

/**
 * Whether this client's statements are known to pass the tap. A tap that came too late sees nothing, and
 * nothing in the client tells; so nothing is stored until a load's own statement was seen to pass.
 */
export class Passages {
  readonly #tap: Tap
  #seen = false
  #unseen = 0

  constructor(tap: Tap) {
    this.#tap = tap
  }

  /** Whether a load has been seen to pass the tap: then there is nothing more to find out. */
  get areSeen(): boolean {
    return this.#seen
  }

  /** Runs a load; one that is not seen to pass the tap is not stored. */
  async probe(query: () => PromiseLike<unknown>, context: LoadContext, engine: Engine): Promise<unknown> {
    const { value, seen } = await this.#tap.probe(query)
    if (seen) this.#seen = true
    else this.#notSeen(context, engine)
    return value
  }

  #notSeen(context: LoadContext, { events }: Engine): void {
    context.skip()
    // Prisma sends the findUniques of one tick together, in the context of the first: the others see nothing.
    if (this.#seen || ++this.#unseen < loadsBeforeWarning) return
    events.warnOnce(
      'TAP_TOO_LATE',
      'Freshet was added to a Prisma client that was already connected, so it does not see what the client writes and caches nothing. Add it before the first query, or wrap the adapter: new PrismaClient({ adapter: tapAdapter(new PrismaPg(…)) }).',
    )
  }
}

const byClient = new WeakMap<object, Passages>()

/** One for all extensions of a client: they share its connection. */
export function passagesOf(original: object, tap: Tap): Passages {
  let passages = byClient.get(original)
  if (passages === undefined) byClient.set(original, (passages = new Passages(tap)))
  return passages
}
