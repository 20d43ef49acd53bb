import type { Shop } from '@freshet-example/storefront'
import type { DataSource } from 'typeorm'
import { createOneAtATime } from '../one-at-a-time.js'
import type { Repositories } from '../repositories.js'
import { account } from './account.js'
import { browsing } from './browse.js'
import { checkout } from './checkout.js'
import { staffWork } from './staff.js'

/** The shop, written with TypeORM. */
export function createShop(dataSource: DataSource, repositories: Repositories): Shop {
  // On SQLite a DataSource has one connection. Changes that overlap would be in one another's transactions, and would
  // be undone together.
  const oneAtATime = createOneAtATime()
  return {
    ...browsing(repositories),
    ...account(repositories, oneAtATime),
    ...checkout(dataSource, repositories, oneAtATime),
    ...staffWork(dataSource, repositories, oneAtATime),
  }
}
