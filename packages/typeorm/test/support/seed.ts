import type { DataSource } from 'typeorm'
import {
  Article,
  Category,
  Comment,
  Folder,
  Label,
  Membership,
  Money,
  Note,
  Page,
  Post,
  User,
  Video,
} from './entities.js'
import { Attachment, ProductSchema, Supplier } from './schemas.js'

/** Three users, five posts and a few rows of everything else, the same each time. */
export async function seed(dataSource: DataSource): Promise<void> {
  const { manager } = dataSource
  const users = await manager.save(
    ['ada', 'bob', 'cyd'].map((name, index) =>
      manager.create(User, {
        email: `${name}@example.org`,
        name: index === 2 ? null : name,
        balance: index === 2 ? null : new Money(100 * (index + 1)),
        badge: index === 2 ? null : `[${name.toUpperCase()}]`,
        address: {
          street: index === 1 ? null : `${index} Main St`,
          city: 'Here',
          geo: { lat: 1.5, lng: null },
        },
        profile: index === 0 ? { bio: 'Hello', avatar: { url: '/ada.png', sizes: [16, 32] } } : null,
      }),
    ),
  )
  const labels = await manager.save(
    ['red', 'blue', 'unused'].map((code) => manager.create(Label, { code, colour: code })),
  )
  const posts: Post[] = []
  for (let index = 0; index < 5; index++) {
    const post = manager.create(Post, {
      title: `Post ${index}`,
      body: `Body ${index}`,
      views: index * 10,
      price: index === 4 ? null : `${index}.25`,
      big: index === 4 ? null : '9007199254740991',
      rating: index === 4 ? null : index + 0.5,
      published: index % 2 === 0,
      status: index % 2 === 0 ? 'published' : 'draft',
      tags: index === 4 ? null : ['a', `t${index}`],
      settings: index === 4 ? null : { depth: { list: [1, null, 'x'] } },
      data: index === 4 ? null : { n: index, list: [{ a: 1 }], nothing: null },
      day: index === 4 ? null : `2024-02-0${index + 1}`,
      publishedAt: index === 4 ? null : new Date(Date.UTC(2024, 0, index + 1, 12, 30, 15)),
      author: index === 4 ? null : users[index % 2]!,
      labels: index === 0 ? [labels[0]!, labels[1]!] : index === 1 ? [labels[1]!] : [],
    })
    if (index < 2) post.reviewer = Promise.resolve(users[2]!)
    posts.push(await manager.save(post))
  }
  for (let index = 0; index < 4; index++) {
    const comment = manager.create(Comment, { text: `Comment ${index}`, author: users[index % 3]! })
    comment.post = Promise.resolve(posts[index % 2]!)
    await manager.save(comment)
  }
  await manager.save(
    [0, 1, 2].map((index) =>
      manager.create(Note, {
        text: `Note ${index}`,
        author: users[index]!,
        cost: index === 0 ? null : new Money(index),
      }),
    ),
  )
  await manager.save([
    manager.create(Membership, { userId: users[0]!.id, team: 'core', role: 'lead' }),
    manager.create(Membership, { userId: users[0]!.id, team: 'docs', role: 'member' }),
    manager.create(Membership, { userId: users[1]!.id, team: 'core', role: 'member' }),
  ])
  await manager.save([
    manager.create(Article, { title: 'An article', words: 1200, owner: users[0]! }),
    manager.create(Video, { title: 'A film', seconds: 90, fee: new Money(5), owner: users[1]! }),
    manager.create(Video, { title: 'A silent film', seconds: null, fee: null, owner: null }),
  ])
  for (const Node of [Category, Folder, Page]) {
    const root = await manager.save(manager.create(Node, { name: 'root' }))
    const branch = await manager.save(manager.create(Node, { name: 'branch', parent: root }))
    await manager.save(manager.create(Node, { name: 'leaf', parent: branch }))
  }
  const supplier = await manager.save(manager.create(Supplier, { code: 'ACME', name: 'Acme' }))
  const products = dataSource.getRepository(ProductSchema)
  const bolt = await products.save({
    sku: 'bolt',
    price: new Money(3),
    dimensions: { width: 1, height: 2 },
    supplier,
  })
  await products.save({ sku: 'nut', price: null, dimensions: { width: null, height: null }, related: [bolt] })
  await manager.save(
    manager.create(Attachment, { name: 'a.bin', bytes: Buffer.from([0, 1, 254, 255]), preview: null }),
  )
}
