/** One row of eight columns, as a cache is asked for it. */
export const row = {
  id: 7,
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  bio: 'bio '.repeat(10),
  age: 36,
  active: true,
  score: 3.5,
  createdAt: new Date(0),
}
