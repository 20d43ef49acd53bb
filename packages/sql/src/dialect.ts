/** The three families of SQL that are told apart. `mysql` stands for MySQL 8 and MariaDB alike. */
export type SqlDialect = 'postgresql' | 'mysql' | 'sqlite'
