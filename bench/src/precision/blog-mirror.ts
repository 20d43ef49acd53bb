import { groupBy } from './group-by.js'
import type { Fact, Kind } from './question.js'
import { between, createRandom, zipf } from './random.js'
import { openingDay } from './shop-rows.js'

export interface AuthorRow {
  readonly id: number
  readonly name: string
}

export interface PostRow {
  readonly id: number
  readonly slug: string
  readonly title: string
  readonly body: string
  views: number
  readonly createdAt: number
  readonly authorId: number
}

export interface CommentRow {
  readonly id: number
  readonly text: string
  readonly postId: number
  readonly authorId: number
}

export interface BlogRows {
  readonly authors: readonly AuthorRow[]
  readonly posts: readonly PostRow[]
  readonly comments: readonly CommentRow[]
}

const numbered = <T>(count: number, make: (id: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index + 1))

/** `rows` posts of a fiftieth as many authors, with one and a half times as many comments. */
export function blogRows(rows: number): BlogRows {
  const random = createRandom(7)
  const authors = Math.ceil(rows / 50)
  const popular = zipf(rows, 0.99)
  return {
    authors: numbered(authors, (id) => ({ id, name: `Author ${id}` })),
    posts: numbered(rows, (id) => ({
      id,
      slug: `post-${id}`,
      title: `Post ${id}`,
      body: 'What is to be said of it. '.repeat(8),
      views: rows - id,
      createdAt: openingDay - id * 60_000,
      authorId: between(random, 1, authors),
    })),
    comments: numbered(Math.round(rows * 1.5), (id) => ({
      id,
      text: `Comment ${id}`,
      postId: popular(random),
      authorId: between(random, 1, authors),
    })),
  }
}

/** A blog of which nothing is written but how often a post was looked at. */
export class BlogMirror {
  readonly #posts: readonly PostRow[]
  readonly #authors: readonly AuthorRow[]
  readonly #commentsOf: Map<number, readonly CommentRow[]>
  readonly #postsOf: Map<number, readonly PostRow[]>
  readonly #newest: readonly PostRow[]
  #mostViewed: PostRow[]
  readonly size: number

  constructor({ authors, posts, comments }: BlogRows) {
    this.#authors = authors
    this.#posts = posts.map((row) => ({ ...row }))
    this.#commentsOf = groupBy(comments, ({ postId }) => postId)
    this.#postsOf = groupBy(this.#posts, ({ authorId }) => authorId)
    this.#newest = this.#posts.slice(0, 30)
    this.#mostViewed = this.#posts.toSorted(byViews).slice(0, 10)
    this.size = posts.length
  }

  post = (id: number): PostRow => this.#posts[id - 1]!
  author = (id: number): AuthorRow => this.#authors[id - 1]!
  postsOf = (authorId: number): readonly PostRow[] => this.#postsOf.get(authorId) ?? []
  commentsOf = (postId: number): readonly CommentRow[] => this.#commentsOf.get(postId) ?? []
  newest = (page: number): readonly PostRow[] => this.#newest.slice(page * 10, page * 10 + 10)
  mostViewed = (): readonly PostRow[] => this.#mostViewed

  /** Gives the topics that it concerns. */
  viewed(id: number): ReadonlySet<string> {
    const post = this.post(id)
    post.views++
    const others = this.#mostViewed.filter((other) => other !== post)
    this.#mostViewed = [...others, post].sort(byViews).slice(0, 10)
    return new Set([`post ${id}`, 'most viewed'])
  }
}

const byViews = (a: PostRow, b: PostRow) => b.views - a.views || a.id - b.id
const short = ({ id, slug, title }: PostRow) => ({ id, slug, title })

/** What the mirror knows of each query of the blog. Only posts and the list by views show how often they were looked at. */
export function blogFacts(mirror: BlogMirror) {
  const fact = (
    key: string,
    kind: Kind,
    answer: () => unknown,
    topicsOf: () => readonly string[] = () => [],
  ): Fact => ({ key, kind, answer, topics: topicsOf })
  const ofPost = (id: number) => () => [`post ${id}`]
  return {
    post: (id: number) => fact(`post ${id}`, 'by key', () => mirror.post(id), ofPost(id)),
    postBySlug: (id: number) =>
      fact(
        `postBySlug ${id}`,
        'by unique text',
        () => {
          const { views: _, ...shown } = mirror.post(id)
          return { ...shown, author: mirror.author(shown.authorId) }
        },
        ofPost(id),
      ),
    comments: (id: number) =>
      fact(`comments ${id}`, 'list of a parent, with relations', () =>
        mirror
          .commentsOf(id)
          .slice(0, 20)
          .map((comment) => ({
            id: comment.id,
            text: comment.text,
            author: { name: mirror.author(comment.authorId).name },
          })),
      ),
    commentCount: (id: number) =>
      fact(`commentCount ${id}`, 'count of a parent', () => mirror.commentsOf(id).length),
    postsOf: (authorId: number) =>
      fact(`postsOf ${authorId}`, 'list of a parent', () => mirror.postsOf(authorId).slice(0, 10).map(short)),
    newest: (page: number) => fact(`newest ${page}`, 'newest', () => mirror.newest(page).map(short)),
    mostViewed: () =>
      fact(
        'mostViewed',
        'most viewed',
        () => mirror.mostViewed().map((post) => ({ ...short(post), views: post.views })),
        () => ['most viewed'],
      ),
  }
}

export type BlogFacts = ReturnType<typeof blogFacts>
export type BlogAsks = {
  readonly [Name in keyof BlogFacts]: (...values: Parameters<BlogFacts[Name]>) => PromiseLike<unknown>
}
