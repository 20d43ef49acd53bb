import { type Token, tokenize } from './tokens.js'

/** A value in an attribute or an assignment. What the data model has no use for is `other`. */
export type Expression =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Argument[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'other' }

export interface Argument {
  readonly name: string | undefined
  readonly value: Expression
}

/** `@id`, `@db.VarChar(30)`, `@@unique([a, b])`: the name is without its signs. */
export interface Attribute {
  readonly name: string
  readonly arguments: readonly Argument[]
}

export interface FieldSyntax {
  readonly name: string
  readonly type: string
  readonly arity: 'required' | 'optional' | 'list'
  readonly unsupported: boolean
  readonly attributes: readonly Attribute[]
}

/** `model User { … }` and the like, still without meaning. */
export interface Block {
  readonly keyword: string
  readonly name: string
  readonly fields: readonly FieldSyntax[]
  readonly attributes: readonly Attribute[]
  readonly assignments: ReadonlyMap<string, Expression>
}

/** The text is not a schema that this parser understands. */
class SchemaSyntaxError extends Error {
  override readonly name = 'SchemaSyntaxError'
}

/**
 * Reads the blocks of a schema.prisma text (Prisma 7's grammar, and more leniently than Prisma: attributes
 * may go over several lines).
 *
 * @throws SchemaSyntaxError where the text cannot be understood.
 */
export function parseSchema(text: string): Block[] {
  const reader = new TokenReader(text)
  const blocks: Block[] = []
  for (reader.skipNewlines(); !reader.ended; reader.skipNewlines()) blocks.push(parseBlock(reader))
  return blocks
}

class TokenReader {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #position = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenize(text)
  }

  get ended(): boolean {
    return this.#position >= this.#tokens.length
  }

  get token(): Token | undefined {
    return this.#tokens[this.#position]
  }

  is(text: string): boolean {
    const token = this.token
    return token !== undefined && token.kind !== 'string' && token.text === text
  }

  accept(text: string): boolean {
    const found = this.is(text)
    if (found) this.#position++
    return found
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(JSON.stringify(text))
  }

  next(): Token {
    const token = this.token
    if (token === undefined) throw this.unexpected('more')
    this.#position++
    return token
  }

  word(): string {
    if (this.token?.kind !== 'word') throw this.unexpected('a name')
    return this.next().text
  }

  skipNewlines(): void {
    while (this.accept('\n'));
  }

  skipLine(): void {
    while (!this.ended && !this.accept('\n')) this.#position++
  }

  unexpected(wanted: string): SchemaSyntaxError {
    const line = this.#text.slice(0, this.token?.offset).split(/\r\n|\r|\n/).length
    const found = this.token === undefined ? 'its end' : JSON.stringify(this.token.text)
    return new SchemaSyntaxError(`Line ${line} of the schema has ${found} where ${wanted} was expected.`)
  }
}

function parseBlock(reader: TokenReader): Block {
  const keyword = reader.word()
  const name = reader.word()
  const block = {
    keyword,
    name,
    fields: [] as FieldSyntax[],
    attributes: [] as Attribute[],
    assignments: new Map<string, Expression>(),
  }
  reader.expect('{')
  // Whatever stands behind the brace on its line is a comment to Prisma, with or without slashes.
  reader.skipLine()
  for (reader.skipNewlines(); !reader.accept('}'); reader.skipNewlines()) parseStatement(reader, block)
  return block
}

interface OpenBlock {
  readonly keyword: string
  readonly fields: FieldSyntax[]
  readonly attributes: Attribute[]
  readonly assignments: Map<string, Expression>
}

function parseStatement(reader: TokenReader, block: OpenBlock): void {
  if (reader.accept('@@')) {
    block.attributes.push(parseAttribute(reader))
  } else {
    const name = reader.word()
    if (reader.accept('=')) block.assignments.set(name, parseExpression(reader))
    else block.fields.push(block.keyword === 'enum' ? parseEnumValue(reader, name) : parseField(reader, name))
  }
  if (!reader.is('}')) reader.expect('\n')
}

function parseEnumValue(reader: TokenReader, name: string): FieldSyntax {
  return { name, type: '', arity: 'required', unsupported: false, attributes: parseAttributes(reader) }
}

function parseField(reader: TokenReader, name: string): FieldSyntax {
  const type = parsePath(reader)
  const unsupported = type === 'Unsupported' && reader.accept('(')
  if (unsupported) {
    reader.next()
    reader.expect(')')
  }
  return { name, type, arity: parseArity(reader), unsupported, attributes: parseAttributes(reader) }
}

function parseArity(reader: TokenReader): FieldSyntax['arity'] {
  if (reader.accept('[')) {
    reader.expect(']')
    reader.accept('?')
    return 'list'
  }
  return reader.accept('?') ? 'optional' : 'required'
}

function parseAttributes(reader: TokenReader): Attribute[] {
  const attributes: Attribute[] = []
  while (reader.accept('@')) attributes.push(parseAttribute(reader))
  return attributes
}

function parseAttribute(reader: TokenReader): Attribute {
  const name = parsePath(reader)
  return { name, arguments: reader.accept('(') ? parseArguments(reader) : [] }
}

function parsePath(reader: TokenReader): string {
  let path = reader.word()
  while (reader.accept('.')) path += `.${reader.word()}`
  return path
}

function parseArguments(reader: TokenReader): Argument[] {
  return parseItems(reader, ')', parseArgument)
}

function parseItems<Item>(reader: TokenReader, end: string, parse: (reader: TokenReader) => Item): Item[] {
  const items: Item[] = []
  for (reader.skipNewlines(); !reader.accept(end); reader.skipNewlines()) {
    items.push(parse(reader))
    reader.skipNewlines()
    if (!reader.accept(',') && !reader.is(end)) throw reader.unexpected(`"," or ${JSON.stringify(end)}`)
  }
  return items
}

function parseArgument(reader: TokenReader): Argument {
  const value = parseExpression(reader)
  if (value.kind !== 'word' || !reader.accept(':')) return { name: undefined, value }
  reader.skipNewlines()
  return { name: value.value, value: parseExpression(reader) }
}

function parseExpression(reader: TokenReader): Expression {
  const token = reader.token
  if (token?.kind === 'string') return { kind: 'string', value: reader.next().text }
  if (token?.kind === 'word') return parseWord(reader)
  if (reader.accept('[')) return { kind: 'list', items: parseItems(reader, ']', parseExpression) }
  if (reader.accept('{')) return skipObject(reader)
  reader.expect('-')
  return parseWord(reader)
}

function parseWord(reader: TokenReader): Expression {
  const value = parsePath(reader)
  return reader.accept('(')
    ? { kind: 'call', name: value, arguments: parseArguments(reader) }
    : { kind: 'word', value }
}

/** The condition of a partial index, `where: { active: true }`, says nothing about relations or keys. */
function skipObject(reader: TokenReader): Expression {
  for (let depth = 1; depth > 0;) {
    if (reader.is('{')) depth++
    if (reader.is('}')) depth--
    reader.next()
  }
  return { kind: 'other' }
}
