CREATE TABLE users (
  id serial PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  bio text NOT NULL,
  age int NOT NULL,
  active boolean NOT NULL DEFAULT true,
  score double precision NOT NULL,
  created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE posts (
  id serial PRIMARY KEY,
  title text NOT NULL,
  body text NOT NULL,
  views int NOT NULL DEFAULT 0,
  author_id int NOT NULL REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX posts_author_id ON posts (author_id);

INSERT INTO users (email, name, bio, age, score)
SELECT 'user' || n || '@example.com', 'User ' || n, repeat('bio ', 10), 20 + n % 50, n * 0.5
FROM generate_series(1, 1000) AS n;

INSERT INTO posts (title, body, author_id)
SELECT 'Post ' || n, repeat('text ', 40), 1 + n % 1000 FROM generate_series(1, 20000) AS n;

ANALYZE;
