import type { Database } from '../property/model.js'
import type { Question } from './question.js'

/** A statement that changes an answer which, by the look of its values, it might not. */
export interface BadInput {
  readonly sentence: string
  /** By default both. */
  readonly databases?: readonly Database[]
  /** Before anything is asked. */
  readonly first?: readonly string[]
  /** The same write, in the words of each database. */
  readonly writes: readonly string[] | Readonly<Record<Database, readonly string[]>>
  /** Every one of these answers changes. */
  readonly changed: readonly Question[]
}

const both = (postgresql: string, mariadb: string): Record<Database, readonly string[]> => ({
  postgresql: [postgresql],
  mariadb: [mariadb],
})

const person1: Question = { model: 'Person', where: { id: 1 } }
const postgresql = ['postgresql'] as const
const mariadb = ['mariadb'] as const

/** In MariaDB's words; PostgreSQL has the names in other quotes. */
export const badInput: readonly BadInput[] = [
  {
    sentence: 'a key that is given as text names its row',
    writes: [`UPDATE people SET rank = 2 WHERE id = '1'`],
    changed: [person1, { ...person1, select: ['rank'] }],
  },
  {
    sentence: 'a key that is given as a decimal names its row',
    writes: [`UPDATE people SET rank = 2 WHERE id = 1.0`],
    changed: [person1],
  },
  {
    sentence: 'a key that is given as text with blanks names its row',
    writes: [`UPDATE people SET rank = 2 WHERE id = ' 1 '`],
    changed: [person1],
  },
  {
    sentence: 'a key that is given with zeros before it names its row',
    writes: [`UPDATE people SET rank = 2 WHERE id = '01'`],
    changed: [person1],
  },
  {
    sentence: 'a key that is given with an exponent names its row',
    databases: mariadb,
    writes: [`UPDATE people SET rank = 2 WHERE id = '1e0'`],
    changed: [person1],
  },
  {
    sentence: 'true names the row whose key is one',
    databases: mariadb,
    writes: [`UPDATE people SET rank = 2 WHERE id = TRUE`],
    changed: [person1],
  },
  {
    sentence: 'a number that is compared with text names every text that is read as it',
    databases: mariadb,
    first: [`UPDATE people SET Code = '7' WHERE id = 1`, `SET SESSION sql_mode = ''`],
    writes: [`UPDATE people SET rank = 2 WHERE Code = 7 AND id < 2`],
    changed: [person1, { model: 'Person', where: { code: '7' } }],
  },
  {
    sentence: 'nothing equals NULL, and what is NULL is a set',
    writes: [
      `UPDATE people SET boss_id = 2 WHERE boss_id = NULL`,
      `UPDATE people SET boss_id = NULL WHERE id = 2`,
    ],
    changed: [
      { model: 'Person', where: { bossId: null } },
      { model: 'Person', where: { bossId: 1 } },
      { model: 'Person', where: { bossId: null }, how: 'count' },
    ],
  },
  {
    sentence: 'a row leaves the set of NULL',
    writes: both(
      `UPDATE people SET boss_id = 3 WHERE boss_id IS NOT DISTINCT FROM NULL`,
      `UPDATE people SET boss_id = 3 WHERE boss_id <=> NULL`,
    ),
    changed: [
      { model: 'Person', where: { bossId: null } },
      { model: 'Person', where: { bossId: 3 } },
    ],
  },
  {
    sentence: 'a column that an INSERT does not name is NULL',
    writes: [
      `INSERT INTO people (id, name, rank, "Code", "changedAt") VALUES (9, 'a', 0, 'k9', '2024-01-01')`,
    ],
    changed: [
      { model: 'Person', where: { bossId: null } },
      { model: 'Person', where: { id: 9 }, how: 'first' },
    ],
  },
  {
    sentence: 'capital and small letters are one text where the collation says so',
    writes: [`UPDATE people SET rank = 2 WHERE "Code" = 'K1'`],
    changed: [
      person1,
      { model: 'Person', where: { code: 'k1' } },
      { model: 'Person', where: { code: 'K1' } },
    ],
  },
  {
    sentence: 'blanks at the end are no difference where the collation says so',
    databases: mariadb,
    writes: [`UPDATE people SET rank = 2 WHERE "Code" = 'k1   '`],
    changed: [person1, { model: 'Person', where: { code: 'k1' } }],
  },
  {
    sentence: 'an accent is no difference where the collation says so',
    databases: mariadb,
    first: [`UPDATE people SET "Code" = 'é' WHERE id = 1`],
    writes: [`UPDATE people SET rank = 2 WHERE "Code" = 'E'`],
    changed: [person1, { model: 'Person', where: { code: 'é' } }, { model: 'Person', where: { code: 'e' } }],
  },
  {
    sentence: 'a foreign key of text finds the parent that the collation finds',
    writes: [`UPDATE tbl_post SET "reviewer_code" = 'K1' WHERE id = 3`],
    changed: [
      { model: 'Post', where: { reviewerCode: 'k1' } },
      { model: 'Post', where: { reviewerCode: 'K1' }, how: 'count' },
    ],
  },
  {
    sentence: 'a text of fixed length is the one that is padded',
    writes: [`UPDATE "Clubs And Co" SET rank = 2 WHERE name = 'a  '`],
    changed: [{ model: 'Club', where: { name: 'a' } }],
  },
  {
    sentence: 'a key of text is the one that the collation takes for it',
    databases: mariadb,
    writes: [`DELETE FROM "Tag" WHERE id = 'K1 '`],
    changed: [
      { model: 'Tag', where: { id: 'k1' }, how: 'first' },
      { model: 'Tag', how: 'count' },
    ],
  },
  {
    sentence: 'a uuid in capitals and braces is the same uuid',
    writes: both(
      `UPDATE "Clubs And Co" SET rank = 2 WHERE id = '{ABCDEF00-0000-4000-8000-000000000001}'`,
      `UPDATE "Clubs And Co" SET rank = 2 WHERE id = 'ABCDEF00-0000-4000-8000-000000000001'`,
    ),
    changed: [{ model: 'Club', where: { id: 'abcdef00-0000-4000-8000-000000000001' } }],
  },
  {
    sentence: 'zeros at the end of a decimal are no difference',
    writes: [`UPDATE tbl_post SET views = 9 WHERE "Price" = 1.1000`],
    changed: [
      { model: 'Post', where: { price: '1.1' } },
      { model: 'Post', where: { price: '1.100' } },
    ],
  },
  {
    sentence: 'a row comes to a decimal that is written otherwise',
    writes: [`UPDATE tbl_post SET "Price" = '1.10000' WHERE id = 2`],
    changed: [{ model: 'Post', where: { price: '1.1' } }],
  },
  {
    sentence: 'a moment is the same in another time zone',
    writes: both(
      `UPDATE people SET rank = 2 WHERE seen_at = '2024-01-01 02:00:00+02'::timestamptz AT TIME ZONE 'UTC'`,
      `UPDATE people SET rank = 2 WHERE seen_at = CONVERT_TZ('2024-01-01 02:00:00', '+02:00', '+00:00')`,
    ),
    changed: [{ model: 'Person', where: { seenAt: new Date('2024-01-01T00:00:00Z') } }],
  },
  {
    sentence: 'a row comes to a moment that is given in another time zone',
    writes: both(
      `UPDATE people SET seen_at = '2024-01-01 02:00:00+02'::timestamptz AT TIME ZONE 'UTC' WHERE id = 3`,
      `UPDATE people SET seen_at = CONVERT_TZ('2024-01-01 02:00:00', '+02:00', '+00:00') WHERE id = 3`,
    ),
    changed: [{ model: 'Person', where: { seenAt: new Date('2024-01-01T00:00:00Z') } }],
  },
  {
    sentence: 'an enum is the same in other letters and by its number',
    databases: mariadb,
    writes: [`UPDATE shelf SET rank = 2 WHERE id = 'low'`, `UPDATE shelf SET rank = 1 WHERE id = 2`],
    changed: [
      { model: 'Shelf', where: { id: 'LOW' } },
      { model: 'Shelf', where: { id: 'MID' } },
    ],
  },
  {
    sentence: 'a key that is an enum names its row',
    writes: [`UPDATE chip SET shelf_id = 'LOW' WHERE shelf_id = 'MID'`, `DELETE FROM shelf WHERE id = 'MID'`],
    changed: [
      { model: 'Shelf', where: { id: 'MID' }, how: 'first' },
      { model: 'Chip', where: { shelfId: 'LOW' } },
      { model: 'Shelf', where: { id: 'LOW' }, include: 'chipOfShelf' },
    ],
  },
  {
    sentence: 'bytes are the same however they are written',
    writes: both(
      `UPDATE chip SET rank = 2 WHERE id = decode('61', 'hex')`,
      `UPDATE chip SET rank = 2 WHERE id = 'a'`,
    ),
    changed: [{ model: 'Chip', where: { id: Buffer.from([97]) } }],
  },
  {
    sentence: 'zero and negative zero are one number',
    writes: [`UPDATE people SET rank = 2 WHERE score = '-0'`],
    changed: [
      { model: 'Person', where: { score: 0 } },
      { model: 'Person', where: { score: -0 } },
    ],
  },
  {
    sentence: 'a row comes to zero as negative zero',
    writes: both(
      `UPDATE people SET score = '-0' WHERE id = 2`,
      `UPDATE people SET score = -0e0 WHERE id = 2`,
    ),
    changed: [{ model: 'Person', where: { score: 0 } }],
  },
  {
    sentence: 'a column has another name than its field',
    writes: [`UPDATE tbl_post SET author_id = 3, "Price" = 5 WHERE id = 1`],
    changed: [
      { model: 'Post', where: { authorId: 1 } },
      { model: 'Post', where: { authorId: 3 } },
      { model: 'Post', where: { price: '5' } },
      { model: 'Person', where: { id: 3 }, include: 'postOfAuthor' },
    ],
  },
  {
    sentence: 'the database fills in a default',
    writes: [`INSERT INTO tbl_post (name, views, author_id) VALUES ('x', 0, 3)`],
    changed: [
      { model: 'Post', where: { kind: 'a' } },
      { model: 'Post', where: { published: false }, how: 'count' },
      { model: 'Post', where: { authorId: 3 } },
      { model: 'Post', where: { id: 6n }, how: 'first' },
    ],
  },
  {
    sentence: 'a default is assigned by its name',
    writes: [`UPDATE tbl_post SET kind = DEFAULT WHERE id = 3`],
    changed: [{ model: 'Post', where: { kind: 'a' } }],
  },
  {
    sentence: 'a generated column changes with the one it is made of',
    writes: [`UPDATE tbl_post SET views = 5 WHERE id = 3`],
    changed: [
      { model: 'Post', where: { twice: 10 } },
      { model: 'Post', where: { twice: 6 } },
      { model: 'Post', where: { id: 3n }, select: ['twice'] },
      { model: 'Post', where: { authorId: 2 }, select: ['twice'] },
    ],
  },
  {
    sentence: 'the server sets a column on every update',
    databases: mariadb,
    first: [`UPDATE tbl_post SET stamp = '2020-01-01'`],
    writes: [`UPDATE tbl_post SET name = 'new' WHERE id = 3`],
    changed: [
      { model: 'Post', where: { id: 3n }, select: ['stamp'] },
      { model: 'Post', where: { authorId: 2 }, select: ['stamp'] },
      { model: 'Post', where: { stamp: new Date('2020-01-01T00:00:00Z') }, how: 'count' },
    ],
  },
  {
    sentence: 'a trigger changes another column of the row',
    writes: [`UPDATE chip SET rank = 5 WHERE name = 'b'`],
    changed: [
      { model: 'Chip', where: { echo: 5 } },
      { model: 'Chip', where: { echo: 1 }, how: 'count' },
      { model: 'Chip', where: { id: Buffer.from([1, 0]) }, select: ['echo'] },
    ],
  },
  {
    sentence: 'rows come by INSERT … SELECT',
    writes: [
      `INSERT INTO tbl_post (id, name, views, author_id, editor_id) SELECT id + 5, name, views, 3, editor_id FROM tbl_post WHERE id = 1`,
    ],
    changed: [
      { model: 'Post', where: { authorId: 3 } },
      { model: 'Post', where: { editorId: 2 }, how: 'count' },
      { model: 'Post', where: { id: 6n }, how: 'first' },
    ],
  },
  {
    sentence: 'an upsert finds its row by another unique key than the one it names first',
    databases: mariadb,
    writes: [
      `INSERT INTO people (id, name, rank, Code, changedAt) VALUES (9, 'x', 0, 'k1', '2024-01-01') ON DUPLICATE KEY UPDATE name = 'x', boss_id = 2`,
    ],
    changed: [
      person1,
      { model: 'Person', where: { bossId: 2 } },
      { model: 'Person', where: { bossId: null }, how: 'count' },
    ],
  },
  {
    sentence: 'REPLACE takes the place of rows of every unique key',
    databases: mariadb,
    writes: [`REPLACE INTO people (id, name, rank, Code, changedAt) VALUES (9, 'x', 0, 'K3', '2024-01-01')`],
    changed: [
      { model: 'Person', where: { id: 3 }, how: 'first' },
      { model: 'Person', where: { id: 9 }, how: 'first' },
      { model: 'Person', where: { bossId: 1 } },
    ],
  },
  {
    sentence: 'an upsert names its row by a unique key that is not the primary one',
    databases: postgresql,
    writes: [
      `INSERT INTO people (id, name, rank, "Code", "changedAt") VALUES (9, 'x', 0, 'K1', '2024-01-01') ON CONFLICT ("Code") DO UPDATE SET name = 'x', boss_id = 2`,
    ],
    changed: [person1, { model: 'Person', where: { bossId: 2 } }],
  },
  {
    sentence: 'an upsert inserts under the key that it names',
    writes: both(
      `INSERT INTO "Tag" (id, name, rank) VALUES ('new', 'a', 0) ON CONFLICT (id) DO UPDATE SET name = 'x'`,
      `INSERT INTO "Tag" (id, name, rank) VALUES ('new', 'a', 0) ON DUPLICATE KEY UPDATE name = 'x'`,
    ),
    changed: [
      { model: 'Tag', where: { id: 'new' }, how: 'first' },
      { model: 'Tag', where: { name: 'a' } },
    ],
  },
  {
    sentence: 'a key is itself updated',
    first: [`DELETE FROM comment`],
    writes: [`UPDATE tbl_post SET id = 8 WHERE id = 3`],
    changed: [
      { model: 'Post', where: { id: 3n }, how: 'first' },
      { model: 'Post', where: { id: 8n }, how: 'first' },
      { model: 'Post', where: { authorId: 2 } },
    ],
  },
  {
    sentence: 'a key that others refer to is updated, and they follow',
    writes: [`UPDATE tbl_post SET id = 8 WHERE id = 1`],
    changed: [
      { model: 'Comment', where: { postId: 1 } },
      { model: 'Comment', where: { postId: 8 } },
      { model: 'Comment', where: { postId: 8, no: 1 }, how: 'first' },
    ],
  },
  {
    sentence: 'a part of a compound key is updated',
    writes: [`UPDATE comment SET no = 3 WHERE post_id = 1 AND no = 2`],
    changed: [
      { model: 'Comment', where: { postId: 1, no: 2 }, how: 'first' },
      { model: 'Comment', where: { postId: 1, no: 3 }, how: 'first' },
      { model: 'Comment', where: { no: 3 } },
    ],
  },
]
