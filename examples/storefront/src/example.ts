import type { Question } from './actions/action.js'
import type { ShopRows } from './seed/rows.js'
import type { Shop } from './shop.js'

/** What an example brings: the shop, written with its ORM. */
export interface Example {
  /** How it is started, for the usage: `npm start`. */
  readonly command: string
  /** Where filled shops are kept. It is made if it is not there. */
  readonly dataFolder: URL
  /** Opens a file whose tables are empty, to fill it. */
  openFiller(file: string): Promise<Filler>
  /** Opens a shop that knows nothing of the cache. */
  openUncached(options: EntranceOptions): Promise<Entrance>
  /** Opens a shop with an empty cache of its own. */
  openCached(options: EntranceOptions): Promise<CachedEntrance>
}

/** How a shop is reached. */
export interface EntranceOptions {
  /** Path of the SQLite file. */
  readonly file: string
  /** To be called for every statement that is sent to the database, in the asynchronous context of who asked. */
  readonly onQuery?: () => void
  /** To be called for every answer that the cache gives, likewise. */
  readonly onHit?: () => void
  /** Whether statements of several visitors overlap; see `betweenTurns`. Default false. */
  readonly overlapping?: boolean
}

/** A shop that is open. */
export interface Entrance {
  readonly shop: Shop
  close(): Promise<void>
}

/** A shop that is open, with the cache between it and the database. */
export interface CachedEntrance extends Entrance {
  /** Asks, and tells where the answer came from. */
  trace<T>(question: Question<T>): Promise<TracedAnswer<T>>
}

/** An answer and where it came from. */
export interface TracedAnswer<T> {
  readonly answer: T
  /** Whether any of it did. What another's load brought counts: it could be too old as well. */
  readonly isFromCache: boolean
}

/** Writes the rows that it is given in one statement, by kind. */
export type Filler = {
  readonly [Kind in keyof ShopRows]: (rows: ShopRows[Kind]) => PromiseLike<unknown>
} & { close(): Promise<void> }
