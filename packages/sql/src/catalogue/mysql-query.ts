/** The account of the session as the tables of privileges write it: `'name'@'host'`. */
const grantee = `CONCAT('''', LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - 1 - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1))),
  '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')`

/**
 * All tables of the connection's database, on MySQL and MariaDB. Its texts come as bytes of several collations, or not at
 * all. MySQL shows triggers to those alone who may make some (MariaDB hides what they do, not that they are there): to
 * others every table may have one. A privilege for a pattern of databases may be taken back by one for this database, so
 * only that one counts.
 */
export const mysqlCatalogueQuery = `
SELECT 'column' AS kind, '' AS namespace, CAST(TABLE_NAME AS CHAR) AS tbl, CAST(COLUMN_NAME AS CHAR) AS name,
  CAST(COALESCE(COLLATION_NAME, '') AS CHAR) AS part, ORDINAL_POSITION AS position, CAST(COLUMN_TYPE AS CHAR) AS detail,
  CAST(CONCAT(
    IF(IS_NULLABLE = 'YES' AND EXTRA NOT LIKE '%auto_increment%', 'n', ''),
    IF((COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL') OR EXTRA <> '', 'd', ''),
    IF(EXTRA LIKE '%auto_increment%', 'g', ''),
    IF(EXTRA LIKE '%on update%' OR EXTRA LIKE '%GENERATED%' AND EXTRA NOT LIKE 'DEFAULT_GENERATED', 's', '')
  ) AS CHAR) AS flags
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
UNION ALL
SELECT 'key', '', CAST(TABLE_NAME AS CHAR), CAST(INDEX_NAME AS CHAR), CAST(COALESCE(COLUMN_NAME, '') AS CHAR), SEQ_IN_INDEX,
  IF(SUB_PART IS NULL AND COLUMN_NAME IS NOT NULL, '', 'part'), IF(INDEX_NAME = 'PRIMARY', 'p', '')
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0
UNION ALL
SELECT 'foreign', '', CAST(k.TABLE_NAME AS CHAR), CAST(k.CONSTRAINT_NAME AS CHAR), CAST(k.COLUMN_NAME AS CHAR), k.ORDINAL_POSITION,
  CAST(CONCAT(k.REFERENCED_TABLE_NAME, CHAR(10), k.REFERENCED_COLUMN_NAME) AS CHAR),
  CAST(CONCAT(
    CASE r.DELETE_RULE WHEN 'CASCADE' THEN 'c' WHEN 'SET NULL' THEN 'n' WHEN 'SET DEFAULT' THEN 'd' ELSE 'a' END,
    CASE r.UPDATE_RULE WHEN 'CASCADE' THEN 'c' WHEN 'SET NULL' THEN 'n' WHEN 'SET DEFAULT' THEN 'd' ELSE 'a' END,
    'v'
  ) AS CHAR)
FROM information_schema.KEY_COLUMN_USAGE k
JOIN information_schema.REFERENTIAL_CONSTRAINTS r
  ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL
UNION ALL
SELECT 'wide', '', CAST(TABLE_NAME AS CHAR), IF(TABLE_TYPE LIKE '%VIEW%', 'view', 'versioned table'), '', 0, '', ''
FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'BASE TABLE'
UNION ALL
SELECT 'wide', '', CAST(EVENT_OBJECT_TABLE AS CHAR), 'trigger', '', 0, '', ''
FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE()
UNION ALL
SELECT 'wide', '', CAST(t.TABLE_NAME AS CHAR), 'triggers are hidden without the privilege TRIGGER', '', 0, '', ''
FROM information_schema.TABLES t
WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' AND VERSION() NOT LIKE '%MariaDB%'
  AND NOT EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES u WHERE u.PRIVILEGE_TYPE = 'TRIGGER' AND u.GRANTEE = ${grantee})
  AND NOT EXISTS (SELECT 1 FROM information_schema.SCHEMA_PRIVILEGES s WHERE s.PRIVILEGE_TYPE = 'TRIGGER' AND s.GRANTEE = ${grantee}
    AND REPLACE(s.TABLE_SCHEMA, CHAR(92 USING utf8mb4), '') = DATABASE())
  AND NOT EXISTS (SELECT 1 FROM information_schema.TABLE_PRIVILEGES p WHERE p.PRIVILEGE_TYPE = 'TRIGGER' AND p.GRANTEE = ${grantee}
    AND p.TABLE_SCHEMA = t.TABLE_SCHEMA AND p.TABLE_NAME = t.TABLE_NAME)`
