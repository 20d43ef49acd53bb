CREATE TABLE "Club" ("id" uuid PRIMARY KEY, "name" char(3) NOT NULL UNIQUE);
CREATE TABLE "people" (
  "id" int PRIMARY KEY,
  "Email" text NOT NULL UNIQUE,
  "name" text NOT NULL,
  "age" int,
  "boss_id" int REFERENCES "people" ON DELETE SET NULL ON UPDATE CASCADE,
  "club_id" uuid REFERENCES "Club" ON DELETE SET NULL ON UPDATE CASCADE,
  "heir_id" int UNIQUE REFERENCES "people" ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE TABLE "_Friends" (
  "A" int NOT NULL REFERENCES "people" ON DELETE CASCADE ON UPDATE CASCADE,
  "B" int NOT NULL REFERENCES "people" ON DELETE CASCADE ON UPDATE CASCADE,
  PRIMARY KEY ("A", "B")
);
CREATE TABLE "Profile" (
  "person_id" int PRIMARY KEY REFERENCES "people" ON DELETE CASCADE ON UPDATE CASCADE,
  "bio" text NOT NULL
);
-- New ids come round again.
CREATE SEQUENCE "post_ids" MAXVALUE 6 CYCLE;
CREATE TABLE "Post" (
  "id" int PRIMARY KEY DEFAULT nextval('"post_ids"'),
  "slug" text NOT NULL,
  "title" text NOT NULL,
  "views" int NOT NULL DEFAULT 0,
  "published" boolean NOT NULL DEFAULT false,
  "author_id" int NOT NULL REFERENCES "people" ON DELETE CASCADE ON UPDATE CASCADE,
  "editor_id" int REFERENCES "people" ON DELETE SET NULL ON UPDATE CASCADE,
  UNIQUE ("author_id", "slug")
);
CREATE TABLE "tags" ("id" int PRIMARY KEY, "label" text UNIQUE);
CREATE TABLE "_PostToTag" (
  "A" int NOT NULL REFERENCES "Post" ON DELETE CASCADE ON UPDATE CASCADE,
  "B" int NOT NULL REFERENCES "tags" ON DELETE CASCADE ON UPDATE CASCADE,
  PRIMARY KEY ("A", "B")
);
CREATE TABLE "Comment" (
  "post_id" int NOT NULL REFERENCES "Post" ON DELETE CASCADE ON UPDATE CASCADE,
  "no" int NOT NULL,
  "body" text NOT NULL,
  "likes" bigint NOT NULL DEFAULT 0,
  "person_id" int REFERENCES "people" ON DELETE SET NULL ON UPDATE CASCADE,
  PRIMARY KEY ("post_id", "no")
);
CREATE TABLE "Reaction" (
  "id" int PRIMARY KEY,
  "kind" text NOT NULL,
  "post_id" int,
  "no" int,
  FOREIGN KEY ("post_id", "no") REFERENCES "Comment" ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE TABLE "Note" (
  "key" text PRIMARY KEY,
  "amount" decimal(10, 2) NOT NULL,
  "kind" text,
  "score" double precision NOT NULL DEFAULT 0
);
