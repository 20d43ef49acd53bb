import type { Model, ScalarField } from '../../src/schema/data-model.js'
import type { Chance } from '../../../../test/copies/chance.js'
import { dataModel } from './world.js'

const people = [1, 2, 3, 4]
const posts = [1, 2, 3, 4, 5, 6]
const clubs = [1, 2, 3].map((digit) => `0000000a-0000-4000-8000-00000000000${digit}`)
const texts = ['x', 'y']

const domains: Readonly<Record<string, readonly unknown[]>> = {
  'Person.id': people,
  'Person.email': ['a', 'b', 'A', 'é', 'c'],
  'Person.age': [0, 1, 2],
  'Person.bossId': people,
  'Person.heirId': people,
  'Person.clubId': [...clubs, clubs[0]!.toUpperCase()],
  'Profile.personId': people,
  'Club.id': clubs,
  'Club.name': ['ab', 'AB', 'c'],
  'Post.id': posts,
  'Post.views': [0, 1, 2],
  'Post.published': [true, false],
  'Post.authorId': people,
  'Post.editorId': people,
  'Tag.id': [1, 2, 3, 4],
  'Tag.label': ['t', 'u', 'T', 'û'],
  'Comment.postId': posts,
  'Comment.no': [1, 2],
  'Comment.likes': [0n, 1n, 2n],
  'Comment.personId': people,
  'Reaction.id': [1, 2, 3],
  'Reaction.postId': posts,
  'Reaction.no': [1, 2],
  'Note.key': ['k', 'K', 'é', 'k '],
  'Note.amount': [1.5, 2],
  'Note.score': [0.5, 1],
}

export const valueOf = (chance: Chance, model: Model, field: ScalarField): unknown =>
  chance.of(domains[`${model.name}.${field.name}`] ?? texts)

// Where most of the relations are, most is read and written.
const busy = ['Post', 'Post', 'Person', 'Post', 'Person', 'Comment', 'Tag']

export function anyModel(chance: Chance): Model {
  const names = chance.isOneIn(4) ? [...dataModel.models.keys()] : busy
  return dataModel.models.get(chance.of(names))!
}

export const scalarsOf = (model: Model): readonly ScalarField[] =>
  [...model.fields.values()].filter((field): field is ScalarField => field.kind === 'scalar')

/** A unique of the model: `{ id: 1 }`, or `{ place: { postId: 1, no: 2 } }`. */
export function uniqueOf(chance: Chance, model: Model): Record<string, unknown> {
  const keys = [model.primaryKey!, model.primaryKey!, ...model.uniques]
  const key = chance.of(keys)
  const values = Object.fromEntries(
    key.fields.map((name) => [
      name,
      valueOf(
        chance,
        model,
        scalarsOf(model).find((field) => field.name === name)!,
      ),
    ]),
  )
  return key.fields.length === 1 ? values : { [key.name ?? key.fields.join('_')]: values }
}
