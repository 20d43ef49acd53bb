import { EntitySchema, type DataSourceOptions } from 'typeorm'
import type { Money } from './entities.js'
import { moneyTransformer } from './entities.js'

/** An entity without a class: its objects are plain. */
export interface Product {
  id: number
  sku: string
  price: Money | null
  dimensions: { width: number | null; height: number | null }
  supplier: Supplier | null
  related: Product[]
}

export const ProductSchema = new EntitySchema<Product>({
  name: 'Product',
  tableName: 'products',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    sku: { type: 'varchar' },
    price: { type: 'int', nullable: true, transformer: moneyTransformer },
  },
  embeddeds: {
    dimensions: {
      schema: new EntitySchema({
        name: 'Dimensions',
        columns: { width: { type: 'int', nullable: true }, height: { type: 'int', nullable: true } },
      }),
    },
  },
  relations: {
    supplier: { type: 'many-to-one', target: 'Supplier', inverseSide: 'products', onDelete: 'SET NULL' },
    related: { type: 'many-to-many', target: 'Product', joinTable: { name: 'related_products' } },
  },
})

export class Supplier {
  declare code: string
  declare name: string | null
  declare products: Promise<Product[]>

  get title(): string {
    return `${this.code}: ${this.name}`
  }
}

export const SupplierSchema = new EntitySchema<Supplier>({
  name: 'Supplier',
  target: Supplier,
  tableName: 'suppliers',
  columns: {
    code: { type: 'varchar', length: 40, primary: true },
    name: { type: 'varchar', nullable: true },
  },
  relations: { products: { type: 'one-to-many', target: 'Product', inverseSide: 'supplier', lazy: true } },
})

/** Bytes, whose column type every database calls differently. */
export class Attachment {
  declare id: string
  declare name: string
  declare bytes: Buffer
  declare preview: Buffer | null
}

function attachmentSchema(type: DataSourceOptions['type']): EntitySchema<Attachment> {
  const bytes = type === 'postgres' ? 'bytea' : 'blob'
  return new EntitySchema<Attachment>({
    name: 'Attachment',
    target: Attachment,
    tableName: 'attachments',
    columns: {
      id: { type: 'uuid', primary: true, generated: 'uuid' },
      name: { type: 'varchar' },
      bytes: { type: bytes },
      preview: { type: bytes, nullable: true },
    },
  })
}

/** The schemas above, for a database of this type. */
export function schemaEntities(type: DataSourceOptions['type']) {
  return [ProductSchema, SupplierSchema, attachmentSchema(type)]
}
