import { expect, test } from 'vitest'
import { createClassifier } from '../src/index.js'

const places = (text: string): readonly number[] => Array.from({ length: text.length }, (_, at) => at)

test('texts that differ in one character are told apart, wherever it stands', () => {
  const classify = createClassifier('postgresql')
  const text = `UPDATE "post" SET "title" = $1 WHERE "id" = $2 AND "slug" = '${'a'.repeat(40)}'`
  for (let round = 0; round < 2; round++)
    for (const at of places(text).filter((place) => text[place] === 'a')) {
      const other = `${text.slice(0, at)}b${text.slice(at + 1)}`
      expect(classify(other).sql).toBe(other)
      expect(classify(text).sql).toBe(text)
    }
})

test('the same text is one statement as long as it is remembered', () => {
  const classify = createClassifier('postgresql')
  const texts = Array.from({ length: 1000 }, (_, at) => `SELECT ${at} FROM post`)
  const statements = texts.map(classify)
  expect(texts.map(classify)).toEqual(statements)
  expect(texts.every((text, at) => classify(text) === statements[at])).toBe(true)
  expect(['', ' ', 'x'].map((text) => classify(text).sql)).toEqual(['', ' ', 'x'])
})
