import { runExample } from '@freshet-example/storefront'
import { typeormExample } from './example.js'

await runExample(typeormExample)
