import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type { Progress } from './progress.js'
import { fillShop } from './seed/fill.js'
import { type ShopSize, shopSize } from './seed/size.js'
import { createPlainClient } from './shop-client.js'

/** Raise it when the seed's rows change, so that files filled by an older version are not used again. */
const SEED_VERSION = 1

const SCHEMA_SQL = readFileSync(new URL('../prisma/schema.sql', import.meta.url), 'utf8')
const DATA_FOLDER = fileURLToPath(new URL('../.data/', import.meta.url))

/** A filled SQLite file that is never written to again; every run works on a copy. */
export interface SeededShop {
  readonly size: ShopSize
  /** Copies the file, calls `use` with the copy's path and removes the copy. */
  withCopy<T>(use: (file: string) => Promise<T>): Promise<T>
}

/** Finds the filled shop of this size in `.data`, or makes and fills it. */
export async function openSeededShop(scale: number, progress: Progress): Promise<SeededShop> {
  const size = shopSize(scale)
  const file = join(DATA_FOLDER, `seed-${fingerprint(size)}.db`)
  mkdirSync(DATA_FOLDER, { recursive: true })
  if (!existsSync(file)) await createSeededFile(file, size, progress)
  return { size, withCopy: (use) => useCopy(file, use) }
}

async function createSeededFile(file: string, size: ShopSize, progress: Progress): Promise<void> {
  const unfinished = temporaryName(file)
  await createTables(unfinished)
  const prisma = createPlainClient({ file: unfinished })
  await fillShop(prisma, size, progress)
  await prisma.$disconnect()
  // Renaming is atomic: an interrupted fill, or two at once, cannot leave a half-filled file under this name.
  renameSync(unfinished, file)
}

async function createTables(file: string): Promise<void> {
  const connection = await new PrismaBetterSqlite3({ url: `file:${file}` }).connect()
  await connection.executeScript(SCHEMA_SQL)
  await connection.dispose()
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
