import type { Random } from '../property/random.js'

const hot = 4
const even = 8

/** Those that are read a lot. */
export const hotRows: readonly number[] = Array.from({ length: hot }, (_, row) => row)
/** Some that are read and written now and then. */
export const coldRows: readonly number[] = [20, 21, 22, 23, 24, 25]

/** Where reads go: mostly to a few rows. */
export function rowToRead(random: Random, rows: number): number {
  const roll = random.next()
  if (roll < 0.5) return random.int(0, hot - 1)
  return roll < 0.65 ? random.int(hot, hot + even - 1) : random.int(0, rows - 1)
}

/** Where writes go: mostly to rows that are read about as often, so that an entry may outlive several writes unread. */
export function rowToWrite(random: Random, rows: number): number {
  const roll = random.next()
  if (roll < 0.15) return random.int(0, hot - 1)
  return roll < 0.65 ? random.int(hot, hot + even - 1) : random.int(0, rows - 1)
}

export const tagOf = (row: number): string => `item#${row}`
