import { connect } from 'node:net'

/** What Redis answers; an error reply rejects instead. */
export type RedisReply = string | number | null | readonly RedisReply[]

// A node that has stopped answering must not hang a set-up.
const timeoutMs = 10_000

/** Sends one command on a connection of its own, without any client library. */
export async function redisCommand(
  { host, port }: { readonly host: string; readonly port: number },
  ...args: readonly (string | number)[]
): Promise<RedisReply> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    let received = Buffer.alloc(0)
    const end = (settle: () => void) => {
      socket.destroy()
      settle()
    }
    socket.setTimeout(timeoutMs, () =>
      end(() => reject(new Error(`Redis on port ${port} did not answer ${args[0]} in ${timeoutMs} ms`))),
    )
    socket.once('error', (error) => end(() => reject(error)))
    socket.once('end', () => end(() => reject(new Error(`Redis on port ${port} hung up on ${args[0]}`))))
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      const parsed = parse(received.toString('latin1'), 0)
      if (parsed === undefined) return
      end(() => (parsed.error === undefined ? resolve(parsed.reply) : reject(new Error(parsed.error))))
    })
    socket.write(encode(args))
  })
}

function encode(args: readonly (string | number)[]): string {
  const parts = args.map((arg) => `$${Buffer.byteLength(String(arg))}\r\n${arg}\r\n`)
  return `*${args.length}\r\n${parts.join('')}`
}

interface Parsed {
  readonly reply: RedisReply
  readonly error?: string
  readonly end: number
}

/** `undefined` as long as the reply is not complete. */
function parse(text: string, start: number): Parsed | undefined {
  const lineEnd = text.indexOf('\r\n', start)
  if (lineEnd < 0) return undefined
  const line = text.slice(start + 1, lineEnd)
  const end = lineEnd + 2
  switch (text[start]) {
    case '+':
      return { reply: line, end }
    case ':':
      return { reply: Number(line), end }
    case '-':
      return { reply: null, error: line, end }
    case '$':
      return parseBulk(text, Number(line), end)
    case '*':
      return parseArray(text, Number(line), end)
    default:
      return { reply: null, error: `not a reply of Redis: ${line}`, end }
  }
}

function parseBulk(text: string, length: number, start: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start }
  if (text.length < start + length + 2) return undefined
  return { reply: text.slice(start, start + length), end: start + length + 2 }
}

function parseArray(text: string, length: number, start: number): Parsed | undefined {
  const items: RedisReply[] = []
  let end = start
  for (let i = 0; i < length; i++) {
    const item = parse(text, end)
    if (item === undefined || item.error !== undefined) return item
    items.push(item.reply)
    end = item.end
  }
  return { reply: items, end }
}
