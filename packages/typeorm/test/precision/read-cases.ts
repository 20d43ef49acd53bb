import type { DataSource, EntityManager, ObjectLiteral } from 'typeorm'
import { In, IsNull, Like } from 'typeorm'
import type { VariantOptions } from './world.js'

/** What a case is told with beside its text. */
interface CaseOptions extends VariantOptions {
  /** Instead of what the database answers. */
  readonly rows?: readonly ObjectLiteral[]
}

/**
 * A rule, what is sent, and of each statement its tags, the clocks and the late tags, as far as there are any. The rows are
 * those of `seed-rows.ts`.
 */
export type ReadCase = readonly [
  rule: string,
  send: (manager: EntityManager) => Promise<unknown>,
  expected: readonly string[],
  options?: CaseOptions,
]

const post = (manager: EntityManager) => manager.getRepository<ObjectLiteral>('Post')
const of = (manager: EntityManager, name: string) => manager.getRepository<ObjectLiteral>(name)
const posts = (manager: EntityManager, alias = 'p') => post(manager).createQueryBuilder(alias)
const enforced: CaseOptions = { isEnforced: true }
const only = { id: true, title: true } as const

const orderedByColumns = (count: number): string => {
  const columns = Array.from({ length: count }, (_, at) => `b.c${at}`)
  return `SELECT b.id AS id FROM broad b ORDER BY ${columns.join(', ')} LIMIT 1`
}

export const readCases: readonly ReadCase[] = [
  // Pins.
  [
    'by the primary key, and nothing follows from the rows',
    (m) => post(m).findOne({ where: { id: 1 } }),
    ['post post#* post#1 post[id=*] post[id=1]'],
  ],
  [
    'by several primary keys',
    (m) => post(m).find({ where: { id: In([1, 2]) } }),
    ['post post#* post#1 post#2 post[id=*] post[id=1] post[id=2]'],
  ],
  [
    'by a unique',
    (m) => post(m).find({ where: { slug: 'a' } }),
    [
      'post post#* post[slug=*] post[slug=*].deletedat post[slug=145599] post[slug=145599].deletedat | post~ | post#1',
    ],
  ],
  [
    'by a foreign key',
    (m) => post(m).find({ where: { authorId: 1 } }),
    [
      'post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat | post~ | post#1 post#4',
    ],
  ],
  [
    'by a foreign key that the database does not hold',
    (m) => post(m).find({ where: { reviewerId: 2 } }),
    [
      'post post#* post[reviewerid=*] post[reviewerid=*].deletedat post[reviewerid=2] post[reviewerid=2].deletedat | post~ | post#2 post#4',
    ],
  ],
  [
    'by a relation’s key',
    (m) => post(m).find({ where: { author: { id: 1 } } }),
    [
      'person person##1 person[id=*] person[id=1] post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat | post~ | post#1 post#4',
    ],
  ],
  [
    'by a key of two columns',
    (m) => of(m, 'Membership').findOne({ where: { personId: 1, team: 'a' } }),
    ['membership membership##181311 membership[personid,team=*] membership[personid,team=181311]'],
  ],
  [
    'by one column of such a key',
    (m) => of(m, 'Membership').find({ where: { personId: 1 } }),
    [
      'membership membership[personid=*] membership[personid=1] | membership~ | membership##181311 membership##687686',
    ],
  ],
  [
    'by a column of another name',
    (m) => of(m, 'Person').find({ where: { nick: 'a' } }),
    ['person person#* person[nick_name=*] person[nick_name=145599] | person~ | person#1 person#3'],
    { entities: { Person: { watch: ['nick'] } } },
  ],
  [
    'by nothing that is watched',
    (m) => post(m).find({ where: { title: 'a' } }),
    ['post post#* post.deletedat post.title post[] | post~ | post#1 post#3'],
  ],
  [
    'by what is asked to be watched',
    (m) => post(m).find({ where: { title: 'a' } }),
    [
      'post post#* post[title=*] post[title=*].deletedat post[title=145599] post[title=145599].deletedat | post~ | post#1 post#3',
    ],
    { entities: { Post: { watch: ['title'] } } },
  ],
  [
    'by two columns that are watched together',
    (m) => post(m).find({ where: { title: 'a', kind: 'a' } }),
    [
      'post post#* post[title,kind=*] post[title,kind=*].deletedat post[title,kind=39487] post[title,kind=39487].deletedat | post~ | post#1 post#3',
    ],
    { entities: { Post: { watch: [['title', 'kind']] } } },
  ],
  [
    'by one of several values of a key',
    (m) => post(m).find({ where: [{ slug: 'a' }, { slug: 'b' }] }),
    [
      'post post#* post[slug=*] post[slug=*].deletedat post[slug=145599] post[slug=145599].deletedat post[slug=810509] post[slug=810509].deletedat | post~ | post#1 post#2',
    ],
  ],
  [
    'by two keys, each of which may hold',
    (m) => post(m).find({ where: [{ slug: 'a' }, { authorId: 1 }] }),
    ['post post#* post.authorid post.deletedat post.slug post[] | post~ | post#1 post#4'],
  ],
  [
    'of NULL there are no rows',
    (m) => posts(m).where('p.authorId = :id', { id: null }).getMany(),
    ['post post#* post[authorid=*] post[authorid=*].deletedat | post~'],
  ],
  [
    'a value that is not told apart pins nothing',
    (m) => post(m).find({ where: { slug: 'é' } }),
    ['post post#* post.deletedat post.slug post[] | post~'],
  ],
  [
    'sixty-five values pin nothing',
    (m) => post(m).find({ where: { slug: In(Array.from({ length: 65 }, (_, at) => `s${at}`)) } }),
    ['post post#* post.deletedat post.slug post[] | post~'],
  ],
  // Rows and columns.
  [
    'all rows',
    (m) => of(m, 'Label').find(),
    ['label label[] | label~ | label##1 label##2 label##3 label##4'],
  ],
  [
    'an order of rows that all come',
    (m) => post(m).find({ where: { authorId: 1 }, order: { score: 'ASC' } }),
    [
      'post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat | post~ | post#1 post#4',
    ],
  ],
  [
    'an order under a limit',
    (m) => post(m).find({ where: { authorId: 1 }, order: { score: 'ASC' }, take: 1 }),
    [
      'post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=*].score post[authorid=1] post[authorid=1].deletedat post[authorid=1].score | post~ | post#1',
    ],
  ],
  [
    'rows without their key',
    (m) => posts(m).select('p.title', 't').where('p.authorId = 1').getRawMany(),
    [
      'post post[authorid=*] post[authorid=*].authorid post[authorid=*].deletedat post[authorid=*].title post[authorid=1] post[authorid=1].authorid post[authorid=1].deletedat post[authorid=1].title',
    ],
  ],
  [
    'an order of rows without their key',
    (m) => posts(m).select('p.title', 't').where('p.authorId = 1').orderBy('p.score').getRawMany(),
    [
      'post post[authorid=*] post[authorid=*].authorid post[authorid=*].deletedat post[authorid=*].score post[authorid=*].title post[authorid=1] post[authorid=1].authorid post[authorid=1].deletedat post[authorid=1].score post[authorid=1].title',
    ],
  ],
  [
    'rows of which some are skipped',
    (m) => of(m, 'Label').find({ order: { id: 'ASC' }, take: 1, skip: 1 }),
    ['label label- label.id label.text label[]'],
  ],
  [
    'a count',
    (m) => post(m).count({ where: { authorId: 1 } }),
    [
      'post post[authorid=*] post[authorid=*].authorid post[authorid=*].deletedat post[authorid=1] post[authorid=1].authorid post[authorid=1].deletedat',
    ],
  ],
  [
    'a sum',
    (m) => post(m).sum('score', { authorId: 1 }),
    [
      'post post[authorid=*] post[authorid=*].authorid post[authorid=*].deletedat post[authorid=*].score post[authorid=1] post[authorid=1].authorid post[authorid=1].deletedat post[authorid=1].score',
    ],
  ],
  [
    'whether there is one',
    (m) => post(m).exists({ where: { authorId: 1 } }),
    [
      'post post[authorid=*] post[authorid=*].authorid post[authorid=*].deletedat post[authorid=1] post[authorid=1].authorid post[authorid=1].deletedat',
    ],
  ],
  [
    'groups',
    (m) => posts(m).select('p.kind', 'k').addSelect('COUNT(*)', 'n').groupBy('p.kind').getRawMany(),
    ['post post- post.deletedat post.kind post[]'],
  ],
  [
    'distinct values',
    (m) => posts(m).select('p.kind', 'k').distinct(true).getRawMany(),
    ['post post- post.deletedat post.kind post[]'],
  ],
  ['all columns', (m) => m.query('SELECT * FROM label'), ['label label- label[] label~']],
  [
    'a column without its table',
    (m) => m.query('SELECT l.id AS id FROM label l WHERE text = 1'),
    ['label label#* label[] label~ | label~'],
  ],
  [
    'a single-table inheritance',
    (m) => of(m, 'Article').find(),
    ['content content#* content.kind content[] | content~ | content#1 content#2'],
  ],
  // To one.
  [
    'a row that each row leads to',
    (m) => post(m).find({ where: { authorId: In([1, 2]) }, relations: { author: true } }),
    [
      'person person#* person#1 person#2 person[id=*] person[id=1] person[id=2] post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat post[authorid=2] post[authorid=2].deletedat | post~ | post#1 post#2 post#4',
    ],
  ],
  [
    'a row that each row leads to, which must be there',
    (m) => post(m).find({ where: { authorId: In([1, 2]) }, relations: { author: true } }),
    [
      'person person#* person#1 person#2 post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat post[authorid=2] post[authorid=2].deletedat | post~ | post#1 post#2 post#4',
    ],
    enforced,
  ],
  [
    'a row that only some lead to',
    (m) => post(m).find({ where: { authorId: 1 }, relations: { reviewer: true } }),
    [
      'person person#* person[id=*] post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat | person~ post~ | person#1 person#2 person[id=1] person[id=2] post#1 post#4',
    ],
    enforced,
  ],
  [
    'rows that lead nowhere',
    (m) => of(m, 'Comment').find({ where: { postId: IsNull() }, relations: { post: true } }),
    ['comment comment#* comment.postid comment[] post post#* post.deletedat post[id=*] | comment~ post~'],
  ],
  [
    'a row that leads on',
    (m) => of(m, 'Comment').find({ where: { id: 1 }, relations: { post: { author: true } } }),
    [
      'comment comment#* comment#1 comment[id=*] comment[id=1] person person#* person[id=*] post post#* post.deletedat post[id=*] | person~ post~ | person#1 person[id=1] post#1 post[id=1]',
    ],
  ],
  [
    'a row that leads on, all of which must be there',
    (m) => of(m, 'Comment').find({ where: { id: 1 }, relations: { post: { author: true } } }),
    [
      'comment comment#* comment#1 comment[id=*] comment[id=1] person person#* post post#* post.deletedat | person~ post~ | person#1 post#1',
    ],
    enforced,
  ],
  [
    'a row without which none comes',
    (m) => posts(m).innerJoinAndSelect('p.author', 'a').where('p.id = 1').getMany(),
    ['person person#* person.id person[] post post#* post#1 post[id=*] post[id=1] | person~ | person#1'],
  ],
  [
    'a row without which none comes, which must be there',
    (m) => posts(m).innerJoinAndSelect('p.author', 'a').where('p.slug = :s', { s: 'a' }).getMany(),
    [
      'person person#* post post#* post[slug=*] post[slug=*].authorid post[slug=*].deletedat post[slug=145599] post[slug=145599].authorid post[slug=145599].deletedat | person~ post~ | person#1 post#1',
    ],
    enforced,
  ],
  [
    'a row by which rows are chosen',
    (m) => post(m).find({ where: { author: { nick: 'a' } } }),
    [
      'person person.id person.nick_name person[] post post#* post.authorid post.deletedat post[] | person~ post~ | person##1 person##3 post#1 post#3 post#4',
    ],
  ],
  [
    'a row by which rows are chosen, which must be there',
    (m) => post(m).find({ where: { author: { nick: 'a' } } }),
    [
      'person person.nick_name post post#* post.authorid post.deletedat post[] | person~ post~ | person##1 person##3 post#1 post#3 post#4',
    ],
    enforced,
  ],
  [
    'a row by which rows are ordered under a limit',
    (m) =>
      posts(m).leftJoinAndSelect('p.author', 'a').orderBy('a.nick').addOrderBy('p.id').limit(2).getMany(),
    [
      'person person#* person.id person.nick_name person[] post post#* post.authorid post.deletedat post.id post[] | person~ post~ | person#1 person#3 post#1 post#3',
    ],
  ],
  [
    'a row without its key',
    (m) =>
      posts(m)
        .leftJoin('p.author', 'a')
        .select('p.id', 'i')
        .addSelect('p.authorId', 'x')
        .addSelect('a.nick', 'n')
        .getRawMany(),
    [
      'person person[id=*] post post.deletedat post[] | person~ post~ | person##1 person##2 person##3 person[id=1] person[id=2] person[id=3] post##1 post##2 post##3 post##4',
    ],
  ],
  [
    'a row whose key is not shown by what leads to it',
    (m) => posts(m).leftJoin('p.author', 'a').select('p.id', 'i').addSelect('a.nick', 'n').getRawMany(),
    [
      'person person- person.id person.nick_name person[] post post.deletedat post[] | post~ | post##1 post##2 post##3 post##4',
    ],
  ],
  [
    'a row of another table than the key references',
    (m) =>
      m.query(
        'SELECT c.id AS i, c.postId AS p, l.id AS l FROM comment c LEFT JOIN label l ON l.id = c.postId WHERE c.id = 1',
      ),
    ['comment comment##1 comment[id=*] comment[id=1] label label[id=*] | label~ | label##1 label[id=1]'],
    enforced,
  ],
  // To many.
  [
    'children of each row',
    (m) => post(m).find({ where: { authorId: 1 }, relations: { comments: true } }),
    [
      'comment comment#* comment[postid=*] post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat | comment~ post~ | comment#1 comment#4 comment[postid=1] comment[postid=4] post#1 post#4',
    ],
  ],
  [
    'children of a row that is pinned',
    (m) => post(m).find({ where: { id: 1 }, relations: { comments: true } }),
    [
      'comment comment#* comment[postid=*] comment[postid=1] post post#* post#1 post[id=*] post[id=1] | comment~ | comment#1 comment#4',
    ],
  ],
  [
    'children by which rows are chosen',
    (m) => post(m).find({ where: { comments: { mark: 1 } } }),
    [
      'comment comment- comment.mark comment.postid comment[] post post#* post.deletedat post.id post[] | post~ | post#1 post#2',
    ],
  ],
  [
    'children of children',
    (m) => of(m, 'Person').find({ where: { id: 1 }, relations: { posts: { comments: true } } }),
    [
      'comment comment#* comment[postid=*] person person#* person#1 person[id=*] person[id=1] post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat | comment~ post~ | comment#1 comment#4 comment[postid=1] comment[postid=4] post#1 post#4',
    ],
  ],
  [
    'children that more is asked of',
    (m) => posts(m).leftJoinAndSelect('p.comments', 'c', 'c.mark = 1').where('p.authorId = 1').getMany(),
    [
      'comment comment#* comment.mark comment[postid=*] post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat | comment~ post~ | comment#4 comment[postid=1] comment[postid=4] post#1 post#4',
    ],
  ],
  [
    'children that are only joined',
    (m) => posts(m).leftJoin('p.comments', 'c').where('p.authorId = 1').getRawMany(),
    [
      'comment comment- comment.postid comment[postid=*] post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat | comment~ post~ | comment[postid=1] comment[postid=4] post#1 post#4',
    ],
  ],
  [
    'children that lead to those by which rows are chosen',
    (m) =>
      m
        .getRepository('Person')
        .createQueryBuilder('u')
        .leftJoinAndSelect('u.posts', 'p')
        .leftJoin('p.comments', 'c')
        .where('c.mark = 1')
        .getMany(),
    [
      'comment comment- comment.mark comment.postid comment[] person person#* person.id person[] post post#* post.authorid post.deletedat post.id post[] | person~ post~ | person#1 person#2 post#1 post#2',
    ],
  ],
  // Many to many.
  [
    'rows at the other side of a join table',
    (m) => post(m).find({ where: { authorId: 2 }, relations: { labels: true } }),
    [
      'label label.id label[] post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=2] post[authorid=2].deletedat post_label post_label[postid=*] | label~ post_label~ post~ | label##1 label##3 post#2 post_label##265638 post_label##315568 post_label[postid=2]',
    ],
  ],
  [
    'rows at the other side of a join table, which must be there',
    (m) => post(m).find({ where: { authorId: 2 }, relations: { labels: true } }),
    [
      'label post post#* post[authorid=*] post[authorid=*].deletedat post[authorid=2] post[authorid=2].deletedat post_label post_label[postid=*] | label~ post_label~ post~ | label##1 label##3 post#2 post_label##265638 post_label##315568 post_label[postid=2]',
    ],
    enforced,
  ],
  [
    'rows at the other side, where there are none',
    (m) => post(m).find({ where: { slug: 'd' }, relations: { labels: true } }),
    [
      'label label.id label[] post post#* post[slug=*] post[slug=*].deletedat post[slug=451444] post[slug=451444].deletedat post_label post_label[postid=*] | label~ post_label~ post~ | post#4 post_label- post_label.labelid post_label.postid post_label[postid=4]',
    ],
  ],
  [
    'rows at the other side, where there are none and none could be missed',
    (m) => post(m).find({ where: { slug: 'd' }, relations: { labels: true } }),
    [
      'label post post#* post[slug=*] post[slug=*].deletedat post[slug=451444] post[slug=451444].deletedat post_label post_label[postid=*] | label~ post_label~ post~ | post#4 post_label[postid=4]',
    ],
    enforced,
  ],
  [
    'rows of a join table that more is asked of',
    (m) =>
      posts(m)
        .leftJoinAndSelect('p.labels', 'l', 'l.text = :t', { t: 'q' })
        .where('p.slug = :s', { s: 'a' })
        .getMany(),
    [
      'label label.text post post#* post[slug=*] post[slug=*].deletedat post[slug=145599] post[slug=145599].deletedat post_label post_label[postid=*] | label~ post_label~ post~ | post#1 post_label- post_label.labelid post_label.postid post_label[postid=1]',
    ],
    enforced,
  ],
  // Pages.
  [
    'the keys of a page, and its rows',
    (m) => post(m).find({ relations: { comments: true }, order: { score: 'ASC', id: 'ASC' }, take: 2 }),
    [
      'comment post post#* post.deletedat post.id post.score post[] | post~ | post#1 post#4',
      'comment comment#* comment[postid=*] comment[postid=1] comment[postid=4] post post#* post#1 post#4 post[id=*] post[id=1] post[id=4] | comment~ | comment#1 comment#4',
    ],
  ],
  [
    'a page that skips',
    (m) =>
      post(m).find({ select: only, relations: { comments: true }, order: { id: 'ASC' }, take: 1, skip: 1 }),
    [
      'comment post post- post.deletedat post.id post[]',
      'comment comment#* comment[postid=*] comment[postid=2] post post##2 post[id=*] post[id=2] | comment~ | comment#2 comment#5',
    ],
  ],
  [
    'a page that children choose',
    (m) =>
      post(m).find({
        where: { comments: { mark: 1 } },
        relations: { author: true },
        order: { id: 'ASC' },
        take: 1,
      }),
    [
      'comment comment- comment.mark comment.postid comment[] person post post.deletedat post.id post[] | post~ | post##1',
      'comment comment[postid=*] comment[postid=*].mark comment[postid=*].postid comment[postid=1] comment[postid=1].mark comment[postid=1].postid person person#* person[id=*] post post#* post#1 post[id=*] post[id=1] | person~ | person#1 person[id=1]',
    ],
  ],
  [
    'a count of what joins repeat',
    (m) => posts(m).leftJoin('p.comments', 'c').where('p.authorId = 1').getCount(),
    [
      'comment post post[authorid=*] post[authorid=*].authorid post[authorid=*].deletedat post[authorid=*].id post[authorid=1] post[authorid=1].authorid post[authorid=1].deletedat post[authorid=1].id',
    ],
  ],
  // Several statements.
  [
    'relations by queries of their own',
    (m) =>
      post(m).find({
        where: { id: 1 },
        relations: { comments: true, author: true },
        relationLoadStrategy: 'query',
      }),
    [
      'post post#* post#1 post[id=*] post[id=1]',
      'comment comment#* comment[postid=*] comment[postid=1] | comment~ | comment#1 comment#4',
      'person person#* person.id person[] post post##1 post[id=*] post[id=1] | person~ | person#1',
      'comment comment[postid=*] comment[postid=1] | comment~ | comment##1 comment##4',
    ],
  ],
  [
    'ids of relations',
    (m) => post(m).find({ where: { id: 1 }, loadRelationIds: { relations: ['labels'] } }),
    [
      'post post#* post#1 post[id=*] post[id=1]',
      'label label.id label[] post_label post_label[postid=*] post_label[postid=*].labelid post_label[postid=1] post_label[postid=1].labelid | label~ post_label~ | label##1 label##2 post_label##518820 post_label##786420',
    ],
  ],
  [
    'a query inside',
    (m) =>
      posts(m)
        .where(
          (b) =>
            `p.authorId IN ${b.subQuery().select('u.id').from('Person', 'u').where('u.nick = :n').getQuery()}`,
        )
        .setParameter('n', 'a')
        .getMany(),
    [
      'person person- person.id person.nick_name person[] post post#* post.authorid post.deletedat post[] | post~ | post#1 post#3 post#4',
    ],
  ],
  // What is not told.
  ['a view, and the tables behind it', (m) => of(m, 'PostView').find(), ['post post_view post_view~ post~']],
  [
    'a view beside a table that is behind it',
    (m) => m.query('SELECT v.id AS i, p.id AS p FROM post_view v, post p WHERE p.id = 1'),
    ['post post##1 post[id=*] post[id=1] post_view post_view~ post~'],
  ],
  [
    'a table that is named in another way than is understood',
    (m) => m.query('SELECT c.id AS label FROM comment c WHERE c.id = 1'),
    ['comment comment##1 comment[id=*] comment[id=1] label label~'],
  ],
  [
    'a query that is more than one',
    (m) => m.query('SELECT l.id FROM label l UNION SELECT c.id FROM comment c'),
    ['comment comment~ label label~'],
  ],
  ['a table that nobody knows', (m) => m.query('SELECT 1 AS one FROM sqlite_schema s'), ['*']],
  [
    'a table that is told to be wide',
    (m) => post(m).find({ where: { id: 1 }, relations: { author: true } }),
    ['person person~ post post#* post#1 post[id=*] post[id=1]'],
    { entities: { Person: { precision: 'table' } } },
  ],
  [
    'a condition that says nothing',
    (m) => post(m).find({ where: { slug: Like('a%') } }),
    ['post post#* post.deletedat post.slug post[] | post~ | post#1'],
  ],
  // Volatile columns.
  [
    'rows that are shown without volatile columns are named without these',
    (m) => post(m).find({ select: only }),
    ['post post.deletedat post[] | post~ | post##1 post##2 post##3 post##4'],
  ],
  [
    'a volatile column that is shown is one of the row',
    (m) => post(m).find({ select: { id: true, score: true } }),
    ['post post#* post.deletedat post[] | post~ | post#1 post#2 post#3 post#4'],
  ],
  [
    'a volatile column that orders rows which all come is one of the rows',
    (m) => post(m).find({ select: only, order: { score: 'ASC' } }),
    ['post post#* post.deletedat post[] | post~ | post#1 post#2 post#3 post#4'],
  ],
  [
    'a volatile column that chooses has a tag of its own',
    (m) => post(m).find({ select: only, where: { score: 1 } }),
    ['post post.deletedat post.score post[] | post~ | post##2'],
  ],
  [
    'a pinned row is named without volatile columns as well',
    (m) => posts(m).select('p.title').withDeleted().where('p.id = 1').getMany(),
    ['post post##1 post[id=*] post[id=1]'],
  ],
  [
    'a volatile column that is asked about is one of the pinned row',
    (m) => posts(m).select('p.title').withDeleted().where('p.id = 1 AND p.score = 0').getMany(),
    ['post post#* post#1 post[id=*] post[id=1]'],
  ],
  [
    'a volatile column that is added up is one of the pinned row',
    (m) => posts(m).select('SUM(p.score)', 'sum').withDeleted().where('p.id = 1').getRawMany(),
    ['post post#* post#1 post[id=*] post[id=1]'],
  ],
  [
    'what changes by itself is volatile',
    (m) => posts(m).select('p.updatedAt').withDeleted().where('p.id = 1').getRawMany(),
    ['post post#* post#1 post[id=*] post[id=1]'],
  ],
  [
    'what is said to be volatile is, and nothing else',
    (m) => post(m).find({ select: only }),
    ['post post#* post.deletedat post[] | post~ | post#1 post#2 post#3 post#4'],
    { entities: { Post: { volatile: ['title'] } } },
  ],
  [
    'what is not said to be volatile is not',
    (m) => post(m).find({ select: { id: true, score: true } }),
    ['post post.deletedat post[] | post~ | post##1 post##2 post##3 post##4'],
    { entities: { Post: { volatile: ['title'] } } },
  ],
  [
    'a column of a key is never volatile',
    (m) => post(m).find({ select: { id: true, slug: true }, where: { author: { id: 1 } } }),
    [
      'person person##1 person[id=*] person[id=1] post post[authorid=*] post[authorid=*].deletedat post[authorid=1] post[authorid=1].deletedat | post~ | post##1 post##4',
    ],
    { entities: { Post: { volatile: ['slug', 'author'] } } },
  ],
  [
    'of a table with several entities each may say what is volatile',
    (m) => m.query('SELECT "c"."id" AS "i", "c"."words" AS "w", "c"."title" AS "t" FROM "content" "c"'),
    ['content content#* content[] | content~ | content#1 content#2'],
    { entities: { Content: { volatile: ['title'] }, Article: { volatile: ['words'] } } },
  ],
  [
    'a table that is named twice',
    (m) =>
      m.query('SELECT a.id AS x, b.id AS y FROM label a LEFT JOIN label b ON b.id = a.id WHERE a.id = 1'),
    ['label label##1 label[id=*] label[id=1]'],
  ],
  [
    'thirty-two columns',
    (m) => m.query(orderedByColumns(32)),
    [
      'broad broad.c0 broad.c1 broad.c10 broad.c11 broad.c12 broad.c13 broad.c14 broad.c15 broad.c16 broad.c17 broad.c18 broad.c19 broad.c2 broad.c20 broad.c21 broad.c22 broad.c23 broad.c24 broad.c25 broad.c26 broad.c27 broad.c28 broad.c29 broad.c3 broad.c30 broad.c31 broad.c4 broad.c5 broad.c6 broad.c7 broad.c8 broad.c9 broad[] | broad~',
    ],
  ],
  [
    'more columns than are told apart',
    (m) => m.query(orderedByColumns(33)),
    ['broad broad[] broad~ | broad~'],
  ],
  // Rows that are told in another way than expected.
  [
    'a row whose key is not told apart',
    (m) => of(m, 'Club').find({ where: { title: 'a' } }),
    ['club club.title club[] | club~ | club##738297 club~'],
    { rows: [{ Club_code: 'é' }, { Club_code: 'x' }] },
  ],
  [
    'a row without a value where one must be',
    (m) => of(m, 'Club').find({ where: { title: 'a' } }),
    ['club club.title club[] | club~ | club~'],
    { rows: [{}] },
  ],
  [
    'a row that leads to what is not told apart',
    (m) => of(m, 'Person').find({ where: { nick: 'a' }, relations: { club: true } }),
    [
      'club club[code=*] person person#* person.nick_name person[] | club~ person~ | club.code club[] person#1',
    ],
    { rows: [{ Person_id: 1, Person_clubCode: 'é', Person__Person_club_code: null }] },
  ],
  [
    'more rows than are named',
    (m) => of(m, 'Label').find(),
    ['label label[] | label~ | label- label.id label.text'],
    { rows: Array.from({ length: 101 }, (_, at) => ({ Label_id: at })) },
  ],
  [
    'a hundred rows',
    (m) => of(m, 'Club').find({ where: { title: 'a' } }),
    ['club club.title club[] | club~ | club##738297'],
    { rows: Array.from({ length: 100 }, () => ({ Club_code: 'x' })) },
  ],
  [
    'more rows of all places than are named',
    (m) => of(m, 'Person').find({ where: { nick: 'a' }, relations: { posts: { comments: true } } }),
    [
      'comment comment#* comment[postid=*] person person#* person.nick_name person[] post post#* post.deletedat post[authorid=*] | comment~ person~ post~ | comment#0 comment#1 comment#10 comment#11 comment#12 comment#13 comment#14 comment#15 comment#16 comment#17 comment#18 comment#19 comment#2 comment#20 comment#21 comment#22 comment#23 comment#24 comment#25 comment#26 comment#27 comment#28 comment#29 comment#3 comment#30 comment#31 comment#32 comment#33 comment#34 comment#35 comment#36 comment#37 comment#38 comment#39 comment#4 comment#40 comment#41 comment#42 comment#43 comment#44 comment#45 comment#46 comment#47 comment#48 comment#49 comment#5 comment#50 comment#51 comment#52 comment#53 comment#54 comment#55 comment#56 comment#57 comment#58 comment#59 comment#6 comment#60 comment#61 comment#62 comment#63 comment#64 comment#65 comment#66 comment#67 comment#68 comment#69 comment#7 comment#70 comment#71 comment#72 comment#73 comment#74 comment#75 comment#76 comment#77 comment#78 comment#79 comment#8 comment#80 comment#81 comment#82 comment#83 comment#84 comment#85 comment#86 comment#87 comment#88 comment#89 comment#9 comment[postid=0] comment[postid=10] comment[postid=11] comment[postid=12] comment[postid=13] comment[postid=14] comment[postid=15] comment[postid=16] comment[postid=17] comment[postid=18] comment[postid=19] comment[postid=1] comment[postid=20] comment[postid=21] comment[postid=22] comment[postid=23] comment[postid=24] comment[postid=25] comment[postid=26] comment[postid=27] comment[postid=28] comment[postid=29] comment[postid=2] comment[postid=30] comment[postid=31] comment[postid=32] comment[postid=33] comment[postid=34] comment[postid=35] comment[postid=36] comment[postid=37] comment[postid=38] comment[postid=39] comment[postid=3] comment[postid=40] comment[postid=41] comment[postid=42] comment[postid=43] comment[postid=44] comment[postid=45] comment[postid=46] comment[postid=47] comment[postid=48] comment[postid=49] comment[postid=4] comment[postid=50] comment[postid=51] comment[postid=52] comment[postid=53] comment[postid=54] comment[postid=55] comment[postid=56] comment[postid=57] comment[postid=58] comment[postid=59] comment[postid=5] comment[postid=60] comment[postid=61] comment[postid=62] comment[postid=63] comment[postid=64] comment[postid=65] comment[postid=66] comment[postid=67] comment[postid=68] comment[postid=69] comment[postid=6] comment[postid=70] comment[postid=71] comment[postid=72] comment[postid=73] comment[postid=74] comment[postid=75] comment[postid=76] comment[postid=77] comment[postid=78] comment[postid=79] comment[postid=7] comment[postid=80] comment[postid=81] comment[postid=82] comment[postid=83] comment[postid=84] comment[postid=85] comment[postid=86] comment[postid=87] comment[postid=88] comment[postid=89] comment[postid=8] comment[postid=9] person- person.age person.clubcode person.email person.id person.nick_name post- post.authorid post.deletedat post.id post.kind post.reviewerid post.score post.slug post.title post[]',
    ],
    {
      rows: Array.from({ length: 90 }, (_, at) => ({
        Person_id: at,
        Person__Person_posts_id: at,
        Person__Person_posts__Person__Person_posts_comments_id: at,
      })),
    },
  ],
]

/** A table of many columns, which no entity is made for. */
export async function createBroadTable(dataSource: DataSource): Promise<void> {
  const columns = Array.from({ length: 40 }, (_, at) => `c${at} integer`).join(', ')
  await dataSource.query(`CREATE TABLE broad (id integer PRIMARY KEY, ${columns})`)
}
