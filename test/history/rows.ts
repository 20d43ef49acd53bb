import type { Random } from '../property/random.js'

const hot = 4
const even = 8

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
