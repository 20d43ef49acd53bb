import type { Shop } from '@freshet-example/storefront'
import type { ShopClient } from '../shop-client.js'
import { account } from './account.js'
import { browsing } from './browse.js'
import { checkout } from './checkout.js'
import { staffWork } from './staff.js'

/** The shop, written with Prisma. */
export function createShop(prisma: ShopClient): Shop {
  return { ...browsing(prisma), ...account(prisma), ...checkout(prisma), ...staffWork(prisma) }
}
