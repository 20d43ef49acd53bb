import { runExample } from '@freshet-example/storefront'
import { prismaExample } from './example.js'

await runExample(prismaExample)
