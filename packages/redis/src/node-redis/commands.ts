import type { CommandPart, RedisClient, RedisPipeline } from '../client.js'

/** The part of the options of a command that node-redis 4 reads, and the part that version 5 does: texts come as buffers. */
export const asBuffers = {
  returnBuffers: true,
  // By the first byte of a reply: a bulk string, and what INFO answers with in the third protocol.
  typeMapping: { [code('$')]: Buffer, [code('=')]: Buffer },
} as const

/** What a command and its parts are for node-redis, which takes no numbers. */
export function toArguments(command: string, parts: readonly CommandPart[]): (string | Buffer)[] {
  return [command, ...parts.map((part) => (typeof part === 'number' ? String(part) : part))]
}

/** The reply; an error that the server sent is a {@link ReplyError}, and any other what it was. */
export async function answered(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply
  } catch (cause) {
    throw isReply(cause) ? new ReplyError(cause) : cause
  }
}

/** What the server said in answer to a command that it did not carry out. */
class ReplyError extends Error {
  // By this name ioredis tells what a server said from what became of the connection.
  override readonly name = 'ReplyError'

  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}

/** A server's error begins with its code; what node-redis says itself is a sentence. */
function isReply(cause: unknown): cause is Error {
  return cause instanceof Error && /^[A-Z][A-Z0-9]+ /.test(cause.message)
}

/** Commands that are handed over in one turn travel together, in their order. */
export function together(send: RedisClient['callBuffer']): RedisPipeline {
  const commands: [string, ...CommandPart[]][] = []
  return {
    callBuffer: (command, ...parts) => commands.push([command, ...parts]),
    async exec() {
      const replies = await Promise.allSettled(commands.map(async (command) => await send(...command)))
      return replies.map((reply) =>
        reply.status === 'fulfilled' ? [null, reply.value] : [reply.reason as Error, undefined],
      )
    },
  }
}

/** The names that node-redis has for an event, which may be none. */
export type EventNames = Readonly<Record<string, readonly string[]>>

export interface Emitter {
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** How to listen to events under ioredis's names. */
export function listening(emitter: Emitter, names: EventNames): Pick<RedisClient, 'on' | 'off'> {
  return {
    on: (event, listener) => names[event]?.forEach((name) => emitter.on(name, listener)),
    off: (event, listener) => names[event]?.forEach((name) => emitter.off(name, listener)),
  }
}

function code(text: string): number {
  return text.charCodeAt(0)
}
