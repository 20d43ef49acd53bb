import 'reflect-metadata'
import {
  AfterLoad,
  ChildEntity,
  Column,
  CreateDateColumn,
  DeleteDateColumn,
  Entity,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  OneToOne,
  JoinColumn,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  RelationId,
  TableInheritance,
  Tree,
  TreeChildren,
  TreeParent,
  UpdateDateColumn,
  VersionColumn,
  ViewColumn,
  ViewEntity,
  type EntitySubscriberInterface,
  type LoadEvent,
  type ValueTransformer,
} from 'typeorm'
import { decorate } from './decorate.js'

/** A class that no copy can make: what it is lies in a private field. */
export class Money {
  readonly #cents: number

  constructor(cents: number) {
    this.#cents = cents
  }

  get cents(): number {
    return this.#cents
  }

  plus(cents: number): Money {
    return new Money(this.#cents + cents)
  }
}

export const moneyTransformer: ValueTransformer = {
  from: (cents: number | null) => (cents === null ? null : new Money(cents)),
  to: (money: Money | null | undefined) => (money instanceof Money ? money.cents : money),
}

const upperCase: ValueTransformer = {
  from: (text: string | null) => text?.toUpperCase() ?? null,
  to: (text: string | null | undefined) => text?.toLowerCase() ?? text,
}
const inBrackets: ValueTransformer = {
  from: (text: string | null) => (text === null ? null : `[${text}]`),
  to: (text: string | null | undefined) => text?.replaceAll(/[[\]]/g, '') ?? text,
}

export class Geo {
  lat!: number | null
  lng!: number | null
}

export class Address {
  street!: string | null
  city!: string | null
  geo!: Geo

  line(): string {
    return `${this.street}, ${this.city}`
  }
}

export class User {
  id!: number
  email!: string
  name!: string | null
  /** A value with a private field. */
  balance!: Money | null
  /** Two transformers, applied in turn. */
  badge!: string | null
  address!: Address
  createdAt!: Date
  /** Loaded along with every user. */
  profile!: Profile | null
  posts!: Post[]
  memberships!: Membership[]
  /** What a listener sets: no column. */
  emailWhenLoaded?: string

  rememberEmail(): void {
    this.emailWhenLoaded = this.email
  }
}

export class Profile {
  declare id: number
  declare bio: string | null
  declare avatar: Record<string, unknown> | null
  declare user: User
}

export const postStatuses = ['draft', 'published', 'archived'] as const

export class Post {
  id!: number
  title!: string
  /** Only loaded when asked for. */
  body!: string | null
  views!: number
  /** A number in SQLite, a string elsewhere, as the driver has it. */
  price!: string | number | null
  big!: string | number | null
  rating!: number | null
  published!: boolean
  status!: (typeof postStatuses)[number]
  tags!: string[] | null
  settings!: Record<string, unknown> | null
  data!: unknown
  /** A day without a time: a string. */
  day!: string | null
  publishedAt!: Date | null
  revision!: number
  updatedAt!: Date
  deletedAt!: Date | null
  authorId!: number | null
  author!: User | null
  labels!: Label[]
  labelIds!: string[]
  reviewer!: Promise<User | null>
  comments!: Promise<Comment[]>
  /** Counted by a listener. */
  loads?: number

  countLoad(): void {
    this.loads = (this.loads ?? 0) + 1
    this.title = `${this.title}!`
  }
}

/** As {@link Post}, without listeners: what a title is, it stays. */
export class Note {
  declare id: number
  declare text: string
  declare pinned: boolean
  declare createdAt: Date
  declare revision: number
  declare authorId: number | null
  declare author: User | null
  declare cost: Money | null
}

export class Comment {
  id!: number
  text!: string
  post!: Promise<Post>
  author!: User | null
}

export class Label {
  declare code: string
  declare colour: string | null
  declare posts: Post[]
}

/** Two columns are its key. */
export class Membership {
  userId!: number
  team!: string
  role!: string
  user!: User
}

/** The parent of a single-table inheritance. */
export abstract class Content {
  id!: number
  kind!: string
  title!: string
  owner!: User | null
  label?: string

  /** TypeORM calls the listeners of every child on every object that is read through the parent: hence here. */
  describe(): void {
    this.label = `${this.kind}: ${this.title}`
  }
}

export class Article extends Content {
  words!: number | null
  /** Set by the constructor, stored nowhere. */
  readonly origin = 'constructor'
}

export class Video extends Content {
  seconds!: number | null
  fee!: Money | null
}

/** A closure table. */
export class Category {
  id!: number
  name!: string
  parent!: Category | null
  children!: Category[]
}

/** A nested set. */
export class Folder {
  id!: number
  name!: string
  parent!: Folder | null
  children!: Folder[]
}

/** A materialized path. */
export class Page {
  id!: number
  name!: string
  parent!: Page | null
  children!: Page[]
}

/** A view of posts and their authors. */
export class PostSummary {
  declare postId: number
  declare title: string
  declare authorName: string | null
}

decorate(Geo, [], {
  lat: Column({ type: 'float', nullable: true }),
  lng: Column({ type: 'float', nullable: true }),
})

decorate(Address, [], {
  street: Column({ type: 'varchar', nullable: true }),
  city: Column({ type: 'varchar', nullable: true }),
  geo: Column(() => Geo),
})

decorate(User, Entity({ name: 'users' }), {
  id: PrimaryGeneratedColumn(),
  email: Column({ type: 'varchar', unique: true }),
  name: Column({ type: 'varchar', nullable: true }),
  balance: Column({ type: 'int', nullable: true, transformer: moneyTransformer }),
  badge: Column({ type: 'varchar', nullable: true, transformer: [inBrackets, upperCase] }),
  address: Column(() => Address),
  createdAt: CreateDateColumn(),
  profile: OneToOne(
    () => Profile,
    (profile: Profile) => profile.user,
    { eager: true, cascade: true },
  ),
  posts: OneToMany(
    () => Post,
    (post: Post) => post.author,
  ),
  memberships: OneToMany(
    () => Membership,
    (membership: Membership) => membership.user,
  ),
  rememberEmail: AfterLoad(),
})

decorate(Profile, Entity({ name: 'profiles' }), {
  id: PrimaryGeneratedColumn(),
  bio: Column({ type: 'text', nullable: true }),
  avatar: Column({ type: 'simple-json', nullable: true }),
  user: [
    OneToOne(
      () => User,
      (user: User) => user.profile,
      { onDelete: 'CASCADE' },
    ),
    JoinColumn(),
  ],
})

decorate(Post, Entity({ name: 'posts' }), {
  id: PrimaryGeneratedColumn(),
  title: Column({ type: 'varchar' }),
  body: Column({ type: 'text', nullable: true, select: false }),
  views: Column({ type: 'int', default: 0 }),
  price: Column({ type: 'decimal', precision: 10, scale: 2, nullable: true }),
  big: Column({ type: 'bigint', nullable: true }),
  rating: Column({ type: 'float', nullable: true }),
  published: Column({ type: Boolean, default: false }),
  status: Column({ type: 'simple-enum', enum: postStatuses, default: 'draft' }),
  tags: Column({ type: 'simple-array', nullable: true }),
  settings: Column({ type: 'simple-json', nullable: true }),
  data: Column({ type: 'json', nullable: true }),
  day: Column({ type: 'date', nullable: true }),
  publishedAt: Column({ type: Date, nullable: true }),
  revision: VersionColumn(),
  updatedAt: UpdateDateColumn(),
  deletedAt: DeleteDateColumn(),
  authorId: Column({ type: 'int', nullable: true }),
  author: [
    ManyToOne(
      () => User,
      (user: User) => user.posts,
      { onDelete: 'CASCADE' },
    ),
    JoinColumn({ name: 'authorId' }),
  ],
  labels: [
    ManyToMany(
      () => Label,
      (label: Label) => label.posts,
      { cascade: ['insert'] },
    ),
    JoinTable(),
  ],
  labelIds: RelationId((post: Post) => post.labels),
  reviewer: ManyToOne(() => User, { lazy: true, nullable: true, onDelete: 'SET NULL' }),
  comments: OneToMany(
    () => Comment,
    (comment: Comment) => comment.post,
    { lazy: true },
  ),
  countLoad: AfterLoad(),
})

decorate(Note, Entity({ name: 'notes' }), {
  id: PrimaryGeneratedColumn(),
  text: Column({ type: 'varchar' }),
  pinned: Column({ type: Boolean, default: false }),
  createdAt: CreateDateColumn(),
  revision: VersionColumn(),
  authorId: Column({ type: 'int', nullable: true }),
  author: [ManyToOne(() => User, { onDelete: 'SET NULL' }), JoinColumn({ name: 'authorId' })],
  cost: Column({ type: 'int', nullable: true, transformer: moneyTransformer }),
})

decorate(Comment, Entity({ name: 'comments' }), {
  id: PrimaryGeneratedColumn(),
  text: Column({ type: 'varchar' }),
  post: ManyToOne(
    () => Post,
    (post: Post) => post.comments,
    { lazy: true, onDelete: 'CASCADE' },
  ),
  author: ManyToOne(() => User, { onDelete: 'SET NULL' }),
})

decorate(Label, Entity({ name: 'labels' }), {
  code: PrimaryColumn({ type: 'varchar', length: 40 }),
  colour: Column({ type: 'varchar', nullable: true }),
  posts: ManyToMany(
    () => Post,
    (post: Post) => post.labels,
  ),
})

decorate(Membership, Entity({ name: 'memberships' }), {
  userId: PrimaryColumn({ type: 'int' }),
  team: PrimaryColumn({ type: 'varchar', length: 40 }),
  role: Column({ type: 'varchar' }),
  user: [
    ManyToOne(
      () => User,
      (user: User) => user.memberships,
      { onDelete: 'CASCADE' },
    ),
    JoinColumn({ name: 'userId' }),
  ],
})

decorate(
  Content,
  [Entity({ name: 'contents' }), TableInheritance({ column: { type: 'varchar', name: 'kind', length: 20 } })],
  {
    id: PrimaryGeneratedColumn(),
    kind: Column({ type: 'varchar', length: 20 }),
    title: Column({ type: 'varchar' }),
    owner: ManyToOne(() => User, { onDelete: 'SET NULL' }),
    describe: AfterLoad(),
  },
)
decorate(Article, ChildEntity('article'), { words: Column({ type: 'int', nullable: true }) })
decorate(Video, ChildEntity('video'), {
  seconds: Column({ type: 'int', nullable: true }),
  fee: Column({ type: 'int', nullable: true, transformer: moneyTransformer }),
})

decorate(Category, [Entity({ name: 'categories' }), Tree('closure-table')], {
  id: PrimaryGeneratedColumn(),
  name: Column({ type: 'varchar' }),
  parent: TreeParent(),
  children: TreeChildren(),
})
decorate(Folder, [Entity({ name: 'folders' }), Tree('nested-set')], {
  id: PrimaryGeneratedColumn(),
  name: Column({ type: 'varchar' }),
  parent: TreeParent(),
  children: TreeChildren(),
})
decorate(Page, [Entity({ name: 'pages' }), Tree('materialized-path')], {
  id: PrimaryGeneratedColumn(),
  name: Column({ type: 'varchar' }),
  parent: TreeParent(),
  children: TreeChildren(),
})

decorate(
  PostSummary,
  ViewEntity({
    name: 'post_summaries',
    expression: (dataSource) =>
      dataSource
        .createQueryBuilder()
        .select('post.id', 'postId')
        .addSelect('post.title', 'title')
        .addSelect('author.name', 'authorName')
        .from(Post, 'post')
        .leftJoin(User, 'author', 'author.id = post.authorId'),
  }),
  { postId: ViewColumn(), title: ViewColumn(), authorName: ViewColumn() },
)

/** Sees every user that is loaded: one more is counted, and the user is told its number. */
export class UserSubscriber implements EntitySubscriberInterface<User> {
  static loads = 0

  listenTo(): typeof User {
    return User
  }

  afterLoad(user: User, event?: LoadEvent<User>): void {
    UserSubscriber.loads++
    if (event?.queryRunner === undefined) throw new Error('The event names no query runner')
    Object.defineProperty(user, 'seenBySubscriber', { value: true, configurable: true, writable: true })
  }
}

/** Every entity above that is a table or a view. */
export const decoratedEntities = [
  User,
  Profile,
  Post,
  Note,
  Comment,
  Label,
  Membership,
  Content,
  Article,
  Video,
  Category,
  Folder,
  Page,
  PostSummary,
]
