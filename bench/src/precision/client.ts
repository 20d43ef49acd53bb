import type { Cache } from '@freshet/core'
import type { BlogClient } from './blog-plan.js'
import type { ShopClient } from './shop-plan.js'

/** Whether a write stops what it could change, or everything of its tables. */
export type Precision = 'row' | 'table'

export interface OpenOptions {
  readonly cache: Cache
  readonly precision: Precision
  /** Of how many orders and reviews at most is asked whose they are; 0: of none. */
  readonly members: number
}

/** An ORM's client with the cache, and the applications written with it. */
export interface Client {
  readonly shop: ShopClient
  readonly blog: BlogClient
  close(): Promise<void>
}

/** Goods have run out: the transaction is rolled back. */
export class OutOfStock extends Error {}

/** As the mirror rounds, and MariaDB's four decimals do not spoil. */
export const rounded = (average: unknown): number | null =>
  average === null ? null : Number(Number(average).toFixed(4))
