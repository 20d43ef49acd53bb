import { OPENING_DAY } from '../seed/rows.js'
import type { Page } from './action.js'

const PAGE_SIZE = 20
const LAST_WEEK = new Date(OPENING_DAY.getTime() - 7 * 24 * 60 * 60 * 1000)

const homePage: Page = {
  weight: 3,
  questions: 3,
  plan: () => async (visitor) => {
    const bestsellers = await visitor.ask('home: best-sellers', (shop) => shop.bestsellers(LAST_WEEK))
    const ids = bestsellers.map(({ productId }) => productId)
    await Promise.all([
      visitor.ask('home: their products', (shop) => shop.products(ids)),
      visitor.ask('home: new products', (shop) => shop.newProducts()),
    ])
  },
}

const productPage: Page = {
  weight: 45,
  questions: 2,
  plan(dice) {
    const productId = dice.productId()
    return (visitor) =>
      Promise.all([
        visitor.ask('product: page', (shop) => shop.productPage(productId)),
        visitor.ask('product: rating', (shop) => shop.productRating(productId)),
      ])
  },
}

const categoryPage: Page = {
  weight: 22,
  questions: 3,
  plan(dice) {
    const slug = dice.categorySlug()
    const page = dice.chance() < 0.7 ? 0 : dice.between(1, 2)
    return (visitor) =>
      Promise.all([
        visitor.ask('category: heading', (shop) => shop.category(slug)),
        visitor.ask('category: products', (shop) => shop.categoryProducts(slug, page * PAGE_SIZE, PAGE_SIZE)),
        visitor.ask('category: in stock', (shop) => shop.categoryStock(slug)),
      ])
  },
}

const search: Page = {
  weight: 12,
  questions: 1,
  plan(dice) {
    const term = dice.searchTerm()
    return (visitor) => visitor.ask('search', (shop) => shop.search(term, PAGE_SIZE))
  },
}

/** What anybody can look at. */
export const browsing: readonly Page[] = [homePage, productPage, categoryPage, search]
