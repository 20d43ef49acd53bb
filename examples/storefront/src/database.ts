import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import type { Example } from './example.js'
import type { Progress } from './progress.js'
import { fillShop } from './seed/fill.js'
import { type ShopSize, shopSize } from './seed/size.js'

/** Raise it when the seed's rows change, so that files filled by an older version are not used again. */
const SEED_VERSION = 1

const SCHEMA_SQL = readFileSync(new URL('../schema.sql', import.meta.url), 'utf8')

/** A filled SQLite file that is never written to again; every run works on a copy. */
export interface SeededShop {
  readonly size: ShopSize
  /** Copies the file, calls `use` with the copy's path and removes the copy. */
  withCopy<T>(use: (file: string) => Promise<T>): Promise<T>
}

/** Finds the example's filled shop of this size, or makes and fills it. */
export async function openSeededShop(
  example: Example,
  scale: number,
  progress: Progress,
): Promise<SeededShop> {
  const size = shopSize(scale)
  const folder = fileURLToPath(example.dataFolder)
  const file = join(folder, `seed-${fingerprint(size)}.db`)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(file)) await createSeededFile(example, file, size, progress)
  return { size, withCopy: (use) => useCopy(file, use) }
}

async function createSeededFile(
  example: Example,
  file: string,
  size: ShopSize,
  progress: Progress,
): Promise<void> {
  const unfinished = temporaryName(file)
  createTables(unfinished)
  const filler = await example.openFiller(unfinished)
  await fillShop(filler, size, progress)
  await filler.close()
  // Renaming is atomic: an interrupted fill, or two at once, cannot leave a half-filled file under this name.
  renameSync(unfinished, file)
}

function createTables(file: string): void {
  const database = new Database(file)
  database.exec(SCHEMA_SQL)
  database.close()
}

async function useCopy<T>(file: string, use: (file: string) => Promise<T>): Promise<T> {
  const copy = temporaryName(file)
  copyFileSync(file, copy)
  try {
    return await use(copy)
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(copy + suffix, { force: true })
  }
}

let copies = 0

function temporaryName(file: string): string {
  copies += 1
  return file.replace(/\.db$/, `.${process.pid}-${copies}.db`)
}

function fingerprint(size: ShopSize): string {
  return createHash('sha256')
    .update(JSON.stringify([SEED_VERSION, SCHEMA_SQL, size]))
    .digest('hex')
    .slice(0, 12)
}
