import type { DataSourceOptions, ObjectLiteral } from 'typeorm'
import { DataSource, EntitySchema } from 'typeorm'

/*
 * A small world: a primary key of text, one of two columns, columns of other names than their properties, foreign keys
 * that the database holds and one that it does not, a join table, single-table inheritance, soft deletes, a view.
 */

const id = { type: 'int', primary: true, generated: true } as const
const text = { type: 'varchar', length: 40 } as const
const optional = { ...text, nullable: true } as const

const Club = new EntitySchema<ObjectLiteral>({
  name: 'Club',
  tableName: 'club',
  columns: { code: { ...text, primary: true }, title: text },
  relations: { people: { type: 'one-to-many', target: 'Person', inverseSide: 'club' } },
})

const Person = new EntitySchema<ObjectLiteral>({
  name: 'Person',
  tableName: 'person',
  columns: {
    id,
    email: { ...text, unique: true },
    nick: { ...optional, name: 'nick_name' },
    age: { type: 'int', default: 0 },
    clubCode: optional,
  },
  relations: {
    club: { type: 'many-to-one', target: 'Club', joinColumn: { name: 'clubCode' }, onDelete: 'SET NULL' },
    posts: { type: 'one-to-many', target: 'Post', inverseSide: 'author' },
    memberships: { type: 'one-to-many', target: 'Membership', inverseSide: 'person' },
  },
})

const Post = new EntitySchema<ObjectLiteral>({
  name: 'Post',
  tableName: 'post',
  columns: {
    id,
    slug: { ...text, unique: true },
    title: optional,
    score: { type: 'int', default: 0 },
    kind: { ...text, default: 'a' },
    authorId: { type: 'int', nullable: true },
    reviewerId: { type: 'int', nullable: true },
    updatedAt: { type: Date, updateDate: true, select: false },
    deletedAt: { type: Date, deleteDate: true, nullable: true, select: false },
  },
  relations: {
    author: {
      type: 'many-to-one',
      target: 'Person',
      inverseSide: 'posts',
      joinColumn: { name: 'authorId' },
      onDelete: 'CASCADE',
    },
    // Nothing holds this one to its rows.
    reviewer: {
      type: 'many-to-one',
      target: 'Person',
      joinColumn: { name: 'reviewerId' },
      createForeignKeyConstraints: false,
    },
    comments: { type: 'one-to-many', target: 'Comment', inverseSide: 'post' },
    labels: {
      type: 'many-to-many',
      target: 'Label',
      inverseSide: 'posts',
      joinTable: { name: 'post_label' },
    },
  },
})

const Comment = new EntitySchema<ObjectLiteral>({
  name: 'Comment',
  tableName: 'comment',
  columns: { id, text, mark: { type: 'int', default: 0 }, postId: { type: 'int', nullable: true } },
  relations: {
    post: {
      type: 'many-to-one',
      target: 'Post',
      inverseSide: 'comments',
      joinColumn: { name: 'postId' },
      onDelete: 'CASCADE',
    },
  },
})

const Label = new EntitySchema<ObjectLiteral>({
  name: 'Label',
  tableName: 'label',
  columns: { id, text },
  relations: { posts: { type: 'many-to-many', target: 'Post', inverseSide: 'labels' } },
})

const Membership = new EntitySchema<ObjectLiteral>({
  name: 'Membership',
  tableName: 'membership',
  columns: {
    personId: { type: 'int', primary: true },
    team: { ...text, primary: true },
    role: text,
  },
  relations: {
    person: {
      type: 'many-to-one',
      target: 'Person',
      inverseSide: 'memberships',
      joinColumn: { name: 'personId' },
      onDelete: 'CASCADE',
    },
  },
})

class Content {
  id!: number
}
class Article extends Content {
  words!: number | null
}

const ContentSchema = new EntitySchema<ObjectLiteral>({
  name: 'Content',
  target: Content,
  tableName: 'content',
  columns: { id, title: text, kind: text },
  inheritance: { pattern: 'STI', column: 'kind' },
  discriminatorValue: 'content',
})

const ArticleSchema = new EntitySchema<ObjectLiteral>({
  name: 'Article',
  target: Article,
  type: 'entity-child',
  columns: { words: { type: 'int', nullable: true } },
  discriminatorValue: 'article',
})

const PostView = new EntitySchema<ObjectLiteral>({
  name: 'PostView',
  tableName: 'post_view',
  type: 'view',
  expression: (dataSource: DataSource) =>
    dataSource
      .createQueryBuilder()
      .select('post.id', 'id')
      .addSelect('post.title', 'title')
      .from('post', 'post'),
  columns: { id: { type: 'int' }, title: text },
})

const entities = [Club, Person, Post, Comment, Label, Membership, ContentSchema, ArticleSchema, PostView]

/** A database with these tables, empty. */
export async function createWorldOf(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = new DataSource({ ...options, entities, synchronize: true })
  return dataSource.initialize()
}
