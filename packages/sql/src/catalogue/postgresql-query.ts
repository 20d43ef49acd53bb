/**
 * All tables of the database but the system's own. A trigger, rule, partition, view or relative may change rows that the
 * statement does not name, or answer for others.
 */
export const postgresqlCatalogueQuery = `
WITH relation AS (
  SELECT c.oid, n.nspname AS namespace, c.relname AS tbl, c.relkind, c.relispartition, c.relrowsecurity
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
)
SELECT 'column' AS kind, r.namespace::text AS namespace, r.tbl::text AS tbl, a.attname::text AS name, '' AS part,
  a.attnum::int AS position, pg_catalog.format_type(a.atttypid, a.atttypmod) AS detail,
  CASE WHEN a.attnotnull THEN '' ELSE 'n' END
  || CASE WHEN a.atthasdef OR a.attidentity <> '' THEN 'd' ELSE '' END
  || CASE WHEN a.attgenerated <> '' THEN 's' ELSE '' END
  || CASE WHEN l.collisdeterministic THEN 'c' ELSE '' END
  || CASE WHEN r.relrowsecurity THEN 'p' ELSE '' END AS flags
FROM relation r
JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
UNION ALL
SELECT 'key', r.namespace, r.tbl, k.relname, a.attname, c.position::int, '', CASE WHEN i.indisprimary THEN 'p' ELSE '' END
FROM relation r
JOIN pg_catalog.pg_index i ON i.indrelid = r.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS c(attnum, position)
JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = c.attnum
WHERE c.position <= i.indnkeyatts
UNION ALL
SELECT 'foreign', r.namespace, r.tbl, f.conname, a.attname, c.position::int, p.relname || chr(10) || b.attname,
  f.confdeltype::text || f.confupdtype::text || CASE WHEN f.convalidated THEN 'v' ELSE '' END
FROM relation r
JOIN pg_catalog.pg_constraint f ON f.conrelid = r.oid AND f.contype = 'f'
JOIN pg_catalog.pg_class p ON p.oid = f.confrelid
CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS c(child, parent, position)
JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = c.child
JOIN pg_catalog.pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = c.parent
UNION ALL
SELECT 'wide', namespace, tbl, CASE relkind WHEN 'p' THEN 'partition' WHEN 'f' THEN 'foreign table' WHEN 'r' THEN 'partition' ELSE 'view' END, '', 0, '', ''
FROM relation WHERE relkind <> 'r' OR relispartition
UNION ALL
SELECT 'wide', r.namespace, r.tbl, 'inheritance', '', 0, '', ''
FROM relation r JOIN pg_catalog.pg_inherits i ON r.oid IN (i.inhrelid, i.inhparent) WHERE NOT r.relispartition AND r.relkind = 'r'
UNION ALL
SELECT 'wide', r.namespace, r.tbl, 'trigger', '', 0, '', ''
FROM relation r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
UNION ALL
SELECT 'wide', r.namespace, r.tbl, 'rule', '', 0, '', ''
FROM relation r JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid AND w.ev_type <> '1'`
