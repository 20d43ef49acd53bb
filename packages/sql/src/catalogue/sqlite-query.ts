/**
 * All tables of the main database. SQLite tells collations and what a conflict does only in the text of a definition: a
 * table in whose text either is named otherwise than expected is wide.
 */
export const sqliteCatalogueQuery = `
WITH tables AS (
  SELECT name AS tbl, lower(sql) AS sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
)
SELECT 'column' AS kind, '' AS namespace, t.tbl AS tbl, c.name AS name, '' AS part, c.cid AS position, c.type AS detail,
  CASE WHEN c."notnull" = 0 AND NOT (c.pk = 1 AND lower(c.type) = 'integer') THEN 'n' ELSE '' END
  || CASE WHEN c.dflt_value IS NOT NULL OR (c.pk = 1 AND lower(c.type) = 'integer') THEN 'd' ELSE '' END
  || CASE WHEN c.pk = 1 AND lower(c.type) = 'integer'
       AND (SELECT count(*) FROM pragma_table_xinfo(t.tbl) p WHERE p.pk > 0) = 1 THEN 'g' ELSE '' END
  || CASE WHEN c.hidden IN (2, 3) THEN 'ds' ELSE '' END AS flags
FROM tables t JOIN pragma_table_xinfo(t.tbl) c
UNION ALL
SELECT 'key', '', t.tbl, '', c.name, c.pk, '', 'p' FROM tables t JOIN pragma_table_xinfo(t.tbl) c WHERE c.pk > 0
UNION ALL
SELECT 'key', '', t.tbl, i.name, COALESCE(x.name, ''), x.seqno, CASE WHEN x.cid < 0 THEN 'part' ELSE '' END, ''
FROM tables t JOIN pragma_index_list(t.tbl) i JOIN pragma_index_xinfo(i.name) x
WHERE i."unique" = 1 AND i.partial = 0 AND i.origin <> 'pk' AND x.key = 1
UNION ALL
SELECT 'foreign', '', t.tbl, CAST(f.id AS TEXT), f."from", f.seq, f."table" || char(10) || COALESCE(f."to", ''),
  CASE f.on_delete WHEN 'CASCADE' THEN 'c' WHEN 'SET NULL' THEN 'n' WHEN 'SET DEFAULT' THEN 'd' ELSE 'a' END
  || CASE f.on_update WHEN 'CASCADE' THEN 'c' WHEN 'SET NULL' THEN 'n' WHEN 'SET DEFAULT' THEN 'd' ELSE 'a' END
FROM tables t JOIN pragma_foreign_key_list(t.tbl) f
UNION ALL
SELECT 'wide', '', tbl, 'virtual table', '', 0, '', '' FROM tables WHERE sql LIKE 'create virtual %'
UNION ALL
SELECT 'wide', '', tbl, 'ON CONFLICT REPLACE', '', 0, '', '' FROM tables WHERE sql LIKE '%conflict%replace%'
UNION ALL
SELECT 'wide', '', tbl, 'collation', '', 0, '', '' FROM tables
WHERE replace(replace(replace(replace(replace(sql, '"', ''), char(10), ' '), 'collate nocase', ''), 'collate binary', ''), 'collate rtrim', '') LIKE '%collate%'
UNION ALL
SELECT 'wide', '', name, 'view', '', 0, '', '' FROM sqlite_schema WHERE type = 'view'
UNION ALL
SELECT 'wide', '', tbl_name, 'trigger', '', 0, '', '' FROM sqlite_schema WHERE type = 'trigger'`
