import type { SqlDialect } from '../../src/index.js'

/**
 * A query, and every place where it reads a table as `name pins`, with `hides` and `limited` where they hold, and what
 * decides in parentheses (`?` any column).
 */
export type ReadCase = readonly [dialect: SqlDialect, sql: string, reads: string]

const pg = 'postgresql'

/** What is understood. Tables are `u` (id, name) and `p` (id, uid, name, and `t`, which is text); `$n` is `n`. */
export const understoodReads: readonly ReadCase[] = [
  [
    pg,
    'SELECT "p"."id" FROM "p" "p" WHERE ( (("p"."uid" = $1)) ) AND ( "p"."name" IS NULL ) LIMIT 1',
    'p uid=1 limited (uid,name)',
  ],
  [
    pg,
    'SELECT "x"."id" AS "x_id" FROM "public"."p" AS "x" WHERE "x"."uid" IN ($1, $2) ORDER BY "x"."name" DESC',
    'p uid=1|2 (uid,name)',
  ],
  [pg, 'SELECT p.id FROM p WHERE uid = $1', 'p uid=1 (?)'],
  [pg, 'SELECT p.id FROM p', 'p ()'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 OR p.name = $1', 'p (uid,name)'],
  [pg, 'SELECT COUNT(*), SUM(p.name) FROM p WHERE p.uid = 1', 'p uid=1 hides (name,uid)'],
  [pg, 'SELECT DISTINCT p.name FROM p WHERE p.uid = 1', 'p uid=1 hides (name,uid)'],
  [pg, 'SELECT p.name FROM p WHERE p.uid = 1 GROUP BY p.name', 'p uid=1 hides (name,uid)'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 LIMIT 2 OFFSET 1', 'p uid=1 hides limited (id,uid)'],
  [pg, 'SELECT u.id, p.id FROM u LEFT JOIN p ON p.uid = u.id WHERE u.id = $1', 'u id=1 (id); p uid=1 (uid)'],
  [pg, 'SELECT u.id FROM u LEFT JOIN p ON p.uid = u.id AND p.name = $1', 'u (id); p name=1 (uid,name)'],
  [pg, 'SELECT u.id FROM u INNER JOIN p ON (p.uid = $1 AND p.id = u.id)', 'u (id); p uid=1 (uid,id)'],
  [pg, 'SELECT u.id FROM u, p WHERE u.id = p.uid AND p.uid = 3', 'u id=3 (id); p uid=3 (uid)'],
  [pg, 'SELECT u.id FROM u JOIN p ON p.uid = u.id WHERE p.id = 1', 'u (id); p id=1 (uid,id)'],
  [
    pg,
    'SELECT DISTINCT "d"."p_id" AS "ids_p_id" FROM (SELECT "p"."id" AS "p_id" FROM "p" "p" LEFT JOIN "u" "u" ON "u"."id"="p"."uid" WHERE (("p"."uid" = $1))) "d" ORDER BY "d"."p_id" ASC LIMIT 1',
    'p uid=1 hides (id,uid); u id=1 hides (id)',
  ],
  [
    pg,
    'SELECT 1 AS "row_exists" FROM (SELECT 1 AS dummy_column) "dummy_table" WHERE EXISTS (SELECT 1 FROM "p" "p" WHERE (("p"."uid" = $1))) LIMIT 1',
    'p uid=1 hides (uid)',
  ],
  [
    pg,
    'SELECT p.id FROM p WHERE p.uid IN (SELECT u.id FROM u WHERE u.name = $1)',
    'p (uid); u name=1 hides (id,name)',
  ],
  [
    'mysql',
    'SELECT `p`.`id` FROM `p` `p` WHERE ((`p`.`uid` = ?)) LIMIT 1 FOR UPDATE',
    'p uid=1 limited (uid)',
  ],
  ['sqlite', 'SELECT "p"."id" FROM "p" "p" WHERE "p"."uid" = 7', 'p uid=7 (uid)'],
  [pg, 'SELECT 1', ''],
]

/** What must not be taken for more than it is. */
export const widenedReads: readonly ReadCase[] = [
  [pg, 'SELECT u.id FROM u LEFT JOIN p ON p.uid = u.id AND u.id = $1', 'u (id); p (uid)'],
  [pg, 'SELECT u.id FROM u LEFT JOIN p ON u.id = $1', 'u (id); p ()'],
  [pg, 'SELECT u.id FROM u LEFT JOIN p ON p.uid = u.id AND p.uid = $1', 'u (id); p uid=1 (uid)'],
  [pg, 'SELECT u.id FROM u LEFT JOIN p ON u.id = p.uid AND p.uid = 3', 'u (id); p uid=3 (uid)'],
  [pg, 'SELECT u.id FROM u, p WHERE u.id = p.uid + 1 AND p.uid = 3', 'u (id); p uid=3 (uid)'],
  [pg, 'SELECT u.id FROM u, p WHERE (u.id = p.uid OR u.id = 2) AND p.uid = 3', 'u (id); p uid=3 (uid)'],
  [pg, 'SELECT u.id FROM u, p WHERE u.id = p.t AND u.id = 3', 'u id=3 (id); p (t)'],
  [pg, 'SELECT p.id FROM p WHERE EXISTS (SELECT * FROM u)', 'p (?); u hides (?)'],
  [pg, 'SELECT (SELECT max(u.name) FROM u WHERE u.id = p.uid) FROM p', 'p hides (uid); u hides (name,id)'],
  [pg, 'SELECT u.id FROM u RIGHT JOIN p ON p.uid = $1 AND u.id = 3', 'u (id); p (uid)'],
  [pg, 'SELECT u.id FROM u FULL JOIN p ON p.uid = $1', 'u (); p (uid)'],
  [pg, 'SELECT u.id FROM u JOIN p ON p.uid = 1 OR u.id = 2', 'u (id); p (uid)'],
  [pg, 'SELECT u.id FROM u, p WHERE id = 1', 'u (?); p (?)'],
  [pg, 'SELECT x.id FROM p x, p y WHERE x.uid = 1', 'p uid=1 (uid); p ()'],
  [pg, 'SELECT p.id FROM a.p, b.p WHERE p.uid = 1', 'p (uid); p (uid)'],
  [pg, 'SELECT p.id FROM p WHERE EXISTS (SELECT 1 FROM u WHERE p.uid = 1)', 'p (uid); u hides ()'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 UNION SELECT p.id FROM p', 'unknown'],
  [pg, 'WITH x AS (SELECT 1) SELECT p.id FROM p WHERE p.uid = 1', 'unknown'],
  [pg, 'SELECT p.id FROM p WHERE p.uid IN (VALUES (1))', 'unknown'],
  [pg, 'SELECT p.id FROM p WHERE EXISTS (SELECT 1 FROM u UNION SELECT 2)', 'unknown'],
  [pg, 'SELECT f.id FROM f(1) f', 'unknown'],
  [pg, 'SELECT p.id FROM (p JOIN u ON true) WHERE p.uid = 1', 'unknown'],
  [pg, 'SELECT p.id FROM p NATURAL JOIN u', 'unknown'],
  [pg, 'SELECT p.id FROM p TABLESAMPLE system (1)', 'unknown'],
  [pg, 'SELECT p.id FROM p; SELECT 1', 'unknown'],
  [pg, 'DELETE FROM p WHERE p.uid = 1', 'unknown'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 ORDER BY name', 'p uid=1 (?)'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 AND p = $1', 'p uid=1 (?)'],
  [pg, 'SELECT p.id FROM p WHERE EXISTS (SELECT u.* FROM u)', 'p (?); u hides (?)'],
  ['mysql', 'SELECT p.id FROM p USE INDEX (a) WHERE p.uid = 1', 'unknown'],
  ['sqlite', 'SELECT p.id FROM p WHERE p.uid = 1 AND p.rowid > 3', 'p uid=1 (?)'],
]
