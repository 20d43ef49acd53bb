import type { SqlDialect } from '../../src/index.js'

/**
 * A query, and every place where it reads a table as `name pins`, with `hides` and `limited` where they hold, and what
 * decides in parentheses (`?` any column).
 */
export type ReadCase = readonly [dialect: SqlDialect, sql: string, reads: string]

const pg = 'postgresql'

const pageOf = (list: string, tail: string, outer = '') =>
  `SELECT DISTINCT d.i AS ids${outer} FROM (SELECT ${list} FROM p LEFT JOIN u ON u.id = p.uid) AS d ORDER BY i ${tail}`

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
  // Words that are columns in one place, and keywords in another.
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 AND locked = false', 'p uid=1 (?)'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 AND NOT key', 'p uid=1 (?)'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 ORDER BY last', 'p uid=1 (?)'],
  ['mysql', 'SELECT p.id FROM p WHERE p.uid = 1 AND end > 3', 'p uid=1 (?)'],
  ['mysql', 'SELECT p.id FROM p WHERE p.uid = 1 AND offset IS NULL', 'p uid=1 (?)'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 FOR NO KEY UPDATE SKIP LOCKED', 'p uid=1 (uid)'],
  ['mysql', 'SELECT p.id FROM p WHERE p.uid = 1 LOCK IN SHARE MODE', 'p uid=1 (uid)'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 ORDER BY p.name NULLS LAST', 'p uid=1 (uid,name)'],
  [
    pg,
    "SELECT p.id FROM p WHERE p.uid = 1 AND CASE WHEN p.name LIKE $1 ESCAPE '!' THEN true ELSE false END IS NOT UNKNOWN",
    'p (uid,name)',
  ],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 OR p.name = $1', 'p (uid,name)'],
  [pg, 'SELECT COUNT(*), SUM(p.name) FROM p WHERE p.uid = 1', 'p uid=1 hides (name,uid)'],
  [pg, 'SELECT DISTINCT p.name FROM p WHERE p.uid = 1', 'p uid=1 hides (name,uid)'],
  [pg, 'SELECT p.name FROM p WHERE p.uid = 1 GROUP BY p.name', 'p uid=1 hides (name,uid)'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 LIMIT 2 OFFSET 1', 'p uid=1 hides limited (id,uid)'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 LIMIT 2 OFFSET 0', 'p uid=1 limited (uid)'],
  [pg, 'SELECT p.id FROM p WHERE p.uid = 1 OFFSET 0 + 1', 'p uid=1 hides (id,uid)'],
  [pg, 'SELECT u.id, p.id FROM u LEFT JOIN p ON p.uid = u.id WHERE u.id = $1', 'u id=1 (id); p uid=1 (uid)'],
  [pg, 'SELECT u.id FROM u LEFT JOIN p ON p.uid = u.id AND p.name = $1', 'u (id); p name=1 (uid,name)'],
  [pg, 'SELECT u.id FROM u INNER JOIN p ON (p.uid = $1 AND p.id = u.id)', 'u (id); p uid=1 (uid,id)'],
  [pg, 'SELECT u.id FROM u, p WHERE u.id = p.uid AND p.uid = 3', 'u id=3 (id); p uid=3 (uid)'],
  [pg, 'SELECT u.id FROM u JOIN p ON p.uid = u.id WHERE p.id = 1', 'u (id); p id=1 (uid,id)'],
  [
    pg,
    'SELECT DISTINCT "d"."p_id" AS "ids_p_id" FROM (SELECT "p"."id" AS "p_id" FROM "p" "p" LEFT JOIN "u" "u" ON "u"."id"="p"."uid" WHERE (("p"."uid" = $1))) "d" ORDER BY "d"."p_id" ASC LIMIT 1',
    'p uid=1 limited (id,uid); u unused',
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
  // A row that must be there has its ON hold, and those that it was joined to be there.
  [pg, 'SELECT p.id FROM p LEFT JOIN u ON u.id = p.uid WHERE u.id = $1', 'p uid=1 (uid); u id=1 (id)'],
  [
    pg,
    'SELECT x.id FROM p x LEFT JOIN p y ON y.id = x.uid LEFT JOIN u ON u.id = y.uid AND y.name = 3 WHERE u.id = 1 AND y.t IS NULL',
    'p (uid); p uid=1 name=3 (id,uid,name,t); u id=1 (id)',
  ],
  [
    pg,
    'SELECT x.id FROM p x LEFT JOIN p y ON y.id = x.id AND x.name = 3 INNER JOIN u ON u.id = y.uid',
    'p name=3 (id,name); p (id,uid); u (id)',
  ],
  // A name in the ORDER BY is first that of what is shown.
  [
    pg,
    'SELECT p.t AS uid, p.id AS n FROM p WHERE p.uid = $1 ORDER BY uid DESC, n LIMIT 1',
    'p uid=1 limited (uid,t,id)',
  ],
  ['mysql', 'SELECT p.id FROM p LIMIT 5, 10', 'p hides limited (id)'],
  ['mysql', 'SELECT DISTINCTROW p.id FROM p', 'p hides (?)'],
  // What repeats a row changes nothing where each counts once.
  [
    pg,
    'SELECT DISTINCT "d"."i" AS "ids", "d"."n" FROM (SELECT p.id AS i, p.name AS n, p.t AS t, u.name AS m FROM p LEFT JOIN u ON u.id = p.uid) "d" ORDER BY "d"."n" DESC, "i" ASC LIMIT 1 OFFSET 2',
    'p hides limited (id,name,uid); u unused',
  ],
  ['mysql', pageOf('p.id AS i', 'LIMIT 2, 1'), 'p hides limited (id,uid); u unused'],
  [pg, pageOf('p.id AS i, u.name AS m', 'LIMIT 2'), 'p limited (id,uid); u unused'],
  [
    pg,
    'SELECT COUNT(DISTINCT("p"."id")) AS "cnt" FROM p LEFT JOIN u ON u.id = p.uid WHERE p.name = $1',
    'p name=1 hides (id,uid,name); u unused',
  ],
  [pg, 'SELECT 1', ''],
]

/**
 * How the answer shows the rows of each table: what may be told of it, what its columns are called there (and `<` those that
 * lead to them), which columns are shown and which choose.
 */
export const shownReads: readonly ReadCase[] = [
  [
    pg,
    'SELECT "p"."id" AS "p_id", "p"."uid" AS "p_uid", u.id AS u_id, u.name AS "U" FROM p LEFT JOIN u ON u.id = p.uid WHERE p.name = 1 ORDER BY p.t, u.name',
    'p id:own=p_id uid:own=p_uid (id,uid)(name); u isOptional isOnlyLinked mayBeAbsent id:own=u_id<p_uid name:own=U (id,name)(id)',
  ],
  // Under a limit the order chooses.
  [
    pg,
    'SELECT p.id AS a, u.id AS b FROM p LEFT JOIN u ON u.id = p.uid ORDER BY p.t, u.name LIMIT 3',
    'p id:own=a uid:other=b (id)(uid,t); u isOnlyLinked mayBeAbsent id:own=b (id)(id,name)',
  ],
  [
    pg,
    'SELECT p.id AS a, u.id AS b FROM p LEFT JOIN u ON u.id = p.uid WHERE u.name = 1',
    'p id:own=a uid:other=b (id)(uid); u mayBeAbsent id:own=b (id)(id,name)',
  ],
  [
    pg,
    'SELECT p.id AS a, u.id AS b FROM p LEFT JOIN u ON u.id = p.uid AND u.name IS NULL',
    'p id:own=a uid:other=b (id)(); u isOptional mayBeAbsent id:own=b (id)(id,name)',
  ],
  [
    pg,
    'SELECT p.id AS a, u.id AS b FROM p INNER JOIN u ON u.id = p.uid',
    'p id:own=a uid:other=b (id)(uid); u id:own=b (id)(id)',
  ],
  [
    pg,
    'SELECT p.id AS a, u.id AS b FROM p RIGHT JOIN u ON u.id = p.uid',
    'p mayBeAbsent id:own=a (id)(uid); u mayBeAbsent id:own=b (id)(id)',
  ],
  [
    pg,
    'SELECT p.id AS a FROM p LEFT JOIN u ON u.id = p.uid RIGHT JOIN u y ON y.id = p.uid',
    'p mayBeAbsent id:own=a (id)(uid); u isOnlyLinked mayBeAbsent ()(id); u mayBeAbsent ()(id)',
  ],
  // What a table decides that something else is chosen by, it chooses.
  [
    pg,
    'SELECT x.id AS a FROM u x LEFT JOIN p ON p.uid = x.id LEFT JOIN u y ON y.id = p.id WHERE y.name = 1',
    'u id:own=a (id)(id); p mayBeAbsent uid:other=a ()(uid,id); u mayBeAbsent ()(id,name)',
  ],
  [
    pg,
    'SELECT x.id AS a FROM u x LEFT JOIN p ON p.uid = x.id LEFT JOIN u y ON y.id = p.id',
    'u id:own=a (id)(); p isOptional isOnlyLinked mayBeAbsent uid:lead=a<a ()(uid); u isOptional isOnlyLinked mayBeAbsent ()(id)',
  ],
  [
    pg,
    'SELECT x.id AS a FROM u x LEFT JOIN p ON p.uid = x.id LEFT JOIN LATERAL (SELECT 1 FROM u z WHERE z.id = p.id) l ON true',
    'u id:own=a (id)(id); p isOnlyLinked mayBeAbsent uid:lead=a<a ()(uid,id); u hidden',
  ],
  // Names that are not certain.
  [pg, 'SELECT p.id AS a, p.uid AS a FROM p', 'p (id,uid)()'],
  [pg, 'SELECT p.id + 1 AS a, p.uid Q FROM p', 'p (?)()'],
  [pg, 'SELECT p.id AS a, * FROM p', 'p id:own=a (?)()'],
  [pg, 'SELECT p.id AS a, name AS b FROM p', 'p id:own=a (?)()'],
  [pg, 'SELECT p.id, p.uid AS Q FROM p', 'p id:own=id uid:own=q (id,uid)()'],
  ['mysql', 'SELECT p.id, p.uid AS Q FROM p', 'p id:own=id uid:own=Q (id,uid)()'],
  ['sqlite', 'SELECT p.id, p.uid AS Q FROM p', 'p uid:own=Q (id,uid)()'],
  // Values of two types are not one.
  [
    pg,
    'SELECT p.id AS a, p.t AS b FROM p LEFT JOIN u ON u.id = p.t',
    'p id:own=a t:own=b (id,t)(); u isOptional isOnlyLinked mayBeAbsent ()(id)',
  ],
  // Rows that are hidden are shown by nothing.
  [pg, 'SELECT p.id AS a FROM p OFFSET 1', 'p hidden'],
  [pg, 'SELECT p.id AS a FROM p WHERE p.uid IN (SELECT u.id FROM u)', 'p id:own=a (id)(uid); u hidden'],
  [
    pg,
    pageOf('p.id AS i, p.name AS n', 'LIMIT 1'),
    'p id:own=ids (id)(id); u isOptional isOnlyLinked mayBeAbsent ()(id)',
  ],
  [pg, pageOf('p.id AS i', 'LIMIT 1 OFFSET 1'), 'p hidden; u hidden'],
]

/** What must not be taken for more than it is. */
export const widenedReads: readonly ReadCase[] = [
  // Not a page, or not only one.
  [pg, pageOf('p.id AS i, u.name AS m', 'LIMIT 2', ', d.m'), 'p limited (id,uid); u limited (name,id)'],
  [pg, pageOf('p.id AS i, u.name AS i', 'LIMIT 2'), 'p hides (?); u hides (?)'],
  [pg, pageOf('p.id AS i, count(*) AS n', 'LIMIT 2'), 'p hides (?); u hides (?)'],
  [pg, pageOf('p.id AS i', 'LIMIT 2', ', d.x'), 'p hides (?); u hides (?)'],
  [pg, pageOf('p.id AS i', 'LIMIT 2', ', now() AS n'), 'p hides (?); u hides (?)'],
  [pg, pageOf('p.id AS i', ', random() LIMIT 2'), 'p hides (?); u hides (?)'],
  [
    pg,
    'SELECT DISTINCT d.i AS ids FROM (SELECT p.id AS i FROM p LEFT JOIN u ON u.id = p.uid LIMIT 3) AS d',
    'p hides limited (id,uid); u hides limited (id)',
  ],
  [
    pg,
    'SELECT d.i AS ids FROM (SELECT p.id AS i FROM p LEFT JOIN u ON u.id = p.uid) AS d LIMIT 3',
    'p hides (id,uid); u hides (id)',
  ],
  [
    pg,
    'SELECT DISTINCT d.i AS ids FROM (SELECT p.id AS i FROM p LEFT JOIN u ON u.id = p.uid) AS d WHERE d.i > 3',
    'p hides (id,uid); u hides (id)',
  ],
  [
    pg,
    'SELECT DISTINCT d.i AS ids FROM (SELECT p.id AS i FROM p LEFT JOIN u ON u.id = p.uid) AS d, u',
    'u hides (id); p hides (id,uid); u hides (id)',
  ],
  [pg, 'SELECT DISTINCT d.i AS ids FROM (SELECT p.id AS i FROM p OFFSET 1) AS d LIMIT 2', 'p hides (id)'],
  [pg, pageOf('p.id AS i, p.name || u.name AS n', 'LIMIT 2'), 'p hides (?); u hides (?)'],
  [pg, pageOf('p.id AS i', ', 1 LIMIT 2'), 'p hides (?); u hides (?)'],
  [
    pg,
    'SELECT ALL d.i AS ids FROM (SELECT p.id AS i FROM p LEFT JOIN u ON u.id = p.uid) AS d LIMIT 3',
    'p hides (id,uid); u hides (id)',
  ],
  [
    pg,
    'SELECT DISTINCT d.i AS ids FROM (SELECT p.id AS i FROM p LEFT JOIN u ON u.id = p.uid GROUP BY p.id) AS d LIMIT 3',
    'p hides (id,uid); u hides (id)',
  ],
  [
    pg,
    'SELECT p.id FROM p LEFT JOIN u ON u.id = p.uid WHERE u.id = $1 OR p.name = 1',
    'p (uid,name); u (id)',
  ],
  [pg, 'SELECT p.id FROM p LEFT JOIN u ON u.id = p.uid WHERE u.id IS NULL', 'p (uid); u (id)'],
  [pg, 'SELECT p.t AS v FROM p WHERE p.uid = $1 ORDER BY v + 1', 'p uid=1 (?)'],
  [pg, 'SELECT p.t AS v FROM p WHERE p.uid = $1 ORDER BY name, v', 'p uid=1 (?)'],
  [pg, 'SELECT p.t AS v, p.id AS v FROM p WHERE p.uid = $1 ORDER BY v', 'p uid=1 (?)'],
  [pg, 'SELECT p.t AS v FROM p WHERE p.uid IN (p.id, v, p.t) ORDER BY v', 'p (?)'],
  // A count of what is alike, beside which something else counts rows.
  [
    pg,
    'SELECT COUNT(DISTINCT p.id), COUNT(*) FROM p LEFT JOIN u ON u.id = p.uid',
    'p hides (id,uid); u hides (id)',
  ],
  [
    pg,
    'SELECT COUNT(DISTINCT p.id) FROM p LEFT JOIN u ON u.id = p.uid HAVING COUNT(*) > 1',
    'p hides (id,uid); u hides (id)',
  ],
  [pg, 'SELECT COUNT(p.id) AS n FROM p LEFT JOIN u ON u.id = p.uid', 'p hides (id,uid); u hides (id)'],
  [pg, 'SELECT COUNT(DISTINCT p.id) AS n FROM p JOIN u ON u.id = p.uid', 'p hides (id,uid); u hides (id)'],
  [
    pg,
    'SELECT COUNT(DISTINCT p.id) AS n FROM p LEFT JOIN u ON u.id = p.uid WHERE u.name IS NULL',
    'p hides (id,uid); u hides (id,name)',
  ],
  [pg, 'SELECT COUNT(DISTINCT u.id) AS n FROM p LEFT JOIN u ON u.id = p.uid', 'p hides (uid); u hides (id)'],
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

const firstOf = (order: string, tail = 'LIMIT 2', from = 'p') =>
  `SELECT p.id AS i, p.name AS n, p.t FROM ${from} ORDER BY ${order} ${tail}`

/** What cuts off the rows that are given, as `table.column direction limit as name`, with `filter` where it chooses as well, `skips` where others come first. */
export const cutReads: readonly ReadCase[] = [
  [pg, firstOf('p.name'), 'p.name asc 2 as n'],
  [pg, firstOf('p.name DESC, p.id'), 'p.name desc 2 as n'],
  [pg, firstOf('p.name', 'LIMIT 2', 'p WHERE p.name > 3 AND p.uid = 1'), 'p.name asc 2 as n filter'],
  [pg, firstOf('p.name', 'LIMIT 2', 'p JOIN u ON u.id = p.name'), 'p.name asc 2 as n filter'],
  [pg, firstOf('p.name', 'LIMIT 2', 'p WHERE uid = 1 AND p.id = 2'), 'p.name asc 2 as n filter'],
  [pg, firstOf('p.name DESC NULLS LAST'), 'p.name desc 2 as n'],
  ['mysql', firstOf('n ASC', 'LIMIT ?'), 'p.name asc 1 as n'],
  [pg, firstOf('n', 'LIMIT $2 OFFSET 0'), 'p.name asc 2 as n'],
  [pg, 'SELECT p.id AS name, p.name AS n FROM p ORDER BY name LIMIT 1', 'p.id asc 1 as name'],
  [
    pg,
    'SELECT p.id AS i, u.id AS u FROM u LEFT JOIN p ON p.uid = u.id ORDER BY u.id LIMIT 2',
    'u.id asc 2 as u filter',
  ],
  [
    pg,
    'SELECT p.id AS i, u.id AS u FROM u INNER JOIN p ON p.uid = u.id ORDER BY p.id LIMIT 2',
    'p.id asc 2 as i',
  ],
  [pg, pageOf('p.id AS i, p.name AS n', 'LIMIT 2', ', d.n'), 'p.id asc 2 as ids'],
  [
    pg,
    'SELECT DISTINCT d.i AS ids, d.n FROM (SELECT p.id AS i, p.name AS n FROM p) AS d ORDER BY d.n DESC, i LIMIT 2 OFFSET 0',
    'p.name desc 2 as n',
  ],
  // Others come before the first.
  [pg, firstOf('p.name', 'LIMIT 2 OFFSET 1'), 'p.name asc 2 as n skips'],
  [pg, firstOf('n DESC', 'LIMIT 2 OFFSET $1'), 'p.name desc 2 as n skips'],
  [pg, firstOf('n', 'LIMIT 2 OFFSET 1', 'p WHERE p.name > 3'), 'p.name asc 2 as n filter skips'],
  [pg, pageOf('p.id AS i, p.name AS n', 'LIMIT 2 OFFSET 1', ', d.n'), 'p.id asc 2 as ids skips'],
  [pg, 'SELECT p.id AS i FROM u LEFT JOIN p ON p.uid = u.id ORDER BY p.id LIMIT 2 OFFSET 1', ''],
  // Rows may come without one there, and stand elsewhere.
  [pg, 'SELECT p.id AS i, u.id AS u FROM u LEFT JOIN p ON p.uid = u.id ORDER BY p.id LIMIT 2', ''],
  [pg, 'SELECT p.id AS i, u.id AS u FROM u RIGHT JOIN p ON p.uid = u.id ORDER BY u.id LIMIT 2', ''],
  // Not by the column alone, not by one that is shown, not by numbers.
  [pg, firstOf('p.name + 1'), ''],
  [pg, firstOf('-p.name'), ''],
  [pg, firstOf('p.name USING >'), ''],
  [pg, firstOf('p.uid'), ''],
  [pg, firstOf('p.t'), ''],
  [pg, firstOf('uid'), ''],
  [pg, firstOf('1'), ''],
  // Nothing is cut off, or nobody says where.
  [pg, firstOf('p.name', ''), ''],
  [pg, firstOf('p.name', 'LIMIT ALL'), ''],
  [pg, firstOf('p.name', 'LIMIT 1 + 1'), ''],
  [pg, firstOf('p.name', 'LIMIT 0'), ''],
  [pg, firstOf('p.name', 'FETCH FIRST 2 ROWS WITH TIES'), ''],
  ['mysql', firstOf('p.name', 'LIMIT 1, 2'), ''],
  [pg, 'SELECT p.name AS n, count(*) FROM p GROUP BY p.name ORDER BY p.name LIMIT 2', ''],
  [pg, 'SELECT DISTINCT p.name AS n FROM p ORDER BY p.name LIMIT 2', ''],
  [pg, 'SELECT u.id FROM u WHERE u.id IN (SELECT p.id FROM p ORDER BY p.id LIMIT 2)', ''],
]

const linkedTo = (on: string, tail: string) =>
  `SELECT u.id AS u, p.id AS i FROM u LEFT JOIN p ON ${on} ${tail}`

/** By which columns all rows of a table are given, and of 1, 2 and 3 rows which are all. */
export const wholeReads: readonly ReadCase[] = [
  [pg, 'SELECT p.id AS i FROM p WHERE ((p.uid = $1))', 'p by uid: 1 2 3'],
  [pg, 'SELECT p.id AS i FROM p WHERE p.uid IN ($1, 2) LIMIT 3', 'p by uid: 1 2'],
  [pg, 'SELECT p.id AS i FROM p WHERE p.uid = 1 LIMIT $2', 'p by uid: 1'],
  [pg, 'SELECT p.id AS i FROM p WHERE p.uid = 1 LIMIT 1 + 1', 'p by uid: '],
  [pg, 'SELECT p.id AS i FROM p WHERE p.uid = 1 FETCH FIRST 2 ROWS ONLY', 'p by uid: '],
  [pg, linkedTo('p.uid = u.id', 'WHERE u.name = 1'), 'u by name; p by uid: 1 2 3'],
  [pg, linkedTo('p.uid = u.id', 'WHERE u.name = 1 LIMIT 2'), 'u by name; p by uid: 1'],
  [pg, linkedTo('p.uid = u.id AND p.t = u.name', ''), 'p by uid,t: 1 2 3'],
  [pg, linkedTo('p.uid = u.id', 'WHERE u.id = 1'), 'u by id; p by uid: 1 2 3'],
  [pg, pageOf('p.id AS i', 'LIMIT 2').replace(') AS d', ' WHERE p.uid = 1) AS d'), 'p by uid; u by id: 1'],
  [pg, 'SELECT p.id AS i FROM p', ': 1 2 3'],
  [pg, 'SELECT p.id AS i FROM p WHERE NOT p.uid = 1', ': 1 2 3'],
  [pg, 'SELECT p.id AS i FROM p WHERE p.uid = 1 AND p.name > 2', ': 1 2 3'],
  [pg, 'SELECT p.id AS i FROM p WHERE p.uid = 1 + 1', ': 1 2 3'],
  [pg, 'SELECT p.id AS i FROM p WHERE p.uid IN (1) AND p.name IN (2)', ': 1 2 3'],
  [pg, 'SELECT p.id AS i FROM p WHERE p.uid > 1', ': 1 2 3'],
  [pg, 'SELECT p.id AS i FROM p WHERE p.uid = 1 OFFSET 1', ': 1 2 3'],
  [pg, 'SELECT p.id AS i FROM p JOIN u ON u.id = p.name WHERE p.uid = 1', ': 1 2 3'],
  [pg, 'SELECT p.id AS i FROM u JOIN p ON u.id = p.name WHERE p.uid = 1', ': 1 2 3'],
  [pg, 'SELECT p.id AS i FROM p LEFT JOIN u ON u.id = p.name WHERE u.name = 1', ': 1 2 3'],
  [pg, linkedTo('p.uid = u.id AND p.name > 1', ''), ': 1 2 3'],
  [pg, linkedTo('p.uid = u.id', 'WHERE p.name = 1'), ': 1 2 3'],
  [pg, linkedTo('p.uid = u.id', 'WHERE p.name IS NULL'), ': 1 2 3'],
]

/** For a column of a table, which others it must equal, and its one value. */
export const equalReads: readonly (readonly [...ReadCase, column: string])[] = [
  [pg, 'SELECT 1 FROM p LEFT JOIN u ON u.id = p.uid WHERE u.name = $1', 'p.uid u.id', 'p.uid'],
  [pg, 'SELECT 1 FROM p LEFT JOIN u ON u.id = p.uid', 'p.uid', 'p.uid'],
  [pg, 'SELECT 1 FROM p LEFT JOIN u ON u.id = p.uid', 'u.id p.uid', 'u.id'],
  [pg, 'SELECT 1 FROM p JOIN u ON u.id = p.t', 'p.t', 'p.t'],
  [pg, 'SELECT 1 FROM u WHERE u.name = $1', 'u.name = 1', 'u.name'],
  [pg, "SELECT 1 FROM u WHERE u.name = 'A '", 'u.name = A ', 'u.name'],
  [pg, 'SELECT 1 FROM u WHERE u.name IN ($1)', 'u.name = 1', 'u.name'],
  [pg, 'SELECT 1 FROM u WHERE u.name IN ($1, $2)', 'u.name', 'u.name'],
  [pg, 'SELECT 1 FROM u WHERE u.name = ANY($1)', 'u.name', 'u.name'],
  [pg, 'SELECT 1 FROM u WHERE u.name = $1 OR u.id = 1', 'u.name', 'u.name'],
  [pg, 'SELECT 1 FROM u WHERE u.name = lower($1)', 'u.name', 'u.name'],
]

/** What columns of a table are held against, if they decide by nothing else. */
export const comparedReads: readonly ReadCase[] = [
  [pg, 'SELECT count(*) FROM p WHERE p.uid > $1 AND ("p"."name" <= -3)', 'p uid>1 name<=-3'],
  [pg, 'SELECT count(*) FROM p WHERE NOT(p.uid != $2) OR p.uid = 7', 'p uid<>2,=7'],
  ['mysql', 'SELECT count(*) FROM p WHERE p.uid >= ? AND p.uid <> ? ORDER BY p.name', 'p uid>=1,<>2'],
  [
    pg,
    'SELECT p.id FROM p LEFT JOIN u ON u.id = p.uid AND u.name < $1 WHERE p.name > 2',
    'p name>2; u name<1',
  ],
  [pg, 'SELECT p.uid FROM p WHERE p.uid > $1', 'p uid>1'],
  // Nothing is told of what is a part of something else, or of what decides in another way as well.
  [pg, 'SELECT count(*) FROM p WHERE p.uid + 1 > $1', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE 1 + p.uid > $1', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.uid > $1 + 1', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.uid > $1::text', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.uid > p.name', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.uid << 3', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.uid > ALL ($1)', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.uid > lower($1)', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE NOT p.uid > $1', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE 3 = p.uid > $1', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.uid > $1 IS NULL', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.name BETWEEN 1 AND p.uid > $1', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE uid > $1', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.t > $1', 'p'],
  [pg, 'SELECT sum(p.uid) FROM p WHERE p.uid > $1', 'p'],
  [pg, 'SELECT p.id FROM p WHERE p.uid > $1 ORDER BY p.uid', 'p'],
  ['mysql', 'SELECT p.name FROM p GROUP BY p.name HAVING (p.uid > ?)', 'p'],
  [pg, 'SELECT count(*) FROM p WHERE p.uid > current_date', 'p'],
  [pg, 'SELECT p.id FROM p JOIN u ON u.id = p.uid WHERE p.uid > $1', 'p; u'],
]
