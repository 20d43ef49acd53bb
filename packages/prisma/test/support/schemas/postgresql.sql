-- The tables of postgresql.prisma.
CREATE TYPE "Mood" AS ENUM ('CALM', 'very_merry');

CREATE TABLE "users" (
  "id" SERIAL PRIMARY KEY,
  "email" TEXT NOT NULL UNIQUE,
  "name" TEXT
);

CREATE TABLE "Post" (
  "id" SERIAL PRIMARY KEY,
  "title" TEXT NOT NULL,
  "author_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "Item" (
  "id" INTEGER PRIMARY KEY,
  "rank" INTEGER NOT NULL
);

CREATE TABLE "Shelf" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT NOT NULL UNIQUE
);

CREATE TABLE "_ItemToShelf" (
  "A" INTEGER NOT NULL REFERENCES "Item" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "B" INTEGER NOT NULL REFERENCES "Shelf" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  PRIMARY KEY ("A", "B")
);

CREATE TABLE "Scalars" (
  "id" INTEGER PRIMARY KEY,
  "text" TEXT NOT NULL,
  "flag" BOOLEAN NOT NULL,
  "int" INTEGER NOT NULL,
  "big" BIGINT NOT NULL,
  "float" DOUBLE PRECISION NOT NULL,
  "decimal" DECIMAL(40, 20) NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "day" DATE NOT NULL,
  "json" JSONB NOT NULL,
  "bytes" BYTEA NOT NULL,
  "mood" "Mood" NOT NULL,
  "uuid" UUID NOT NULL,
  "texts" TEXT[],
  "bigs" BIGINT[],
  "nothing" TEXT
);
