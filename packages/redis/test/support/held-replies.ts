import { held, type Held } from '@freshet/testing'
import type { RedisClient, RedisPipeline } from '../../src/client.js'

/** A client whose replies a test can hold up; what it sends arrives all the same. */
export interface ClientOfHeldReplies {
  readonly client: RedisClient
  /** Replies to what is sent from now on wait, until the function that is returned is called. */
  hold(): () => void
}

export function withHeldReplies(client: RedisClient): ClientOfHeldReplies {
  let barrier: Held<void> | undefined
  const heldUp = async <T>(reply: Promise<T>): Promise<T> => {
    const own = barrier
    const answer = await reply
    await own?.promise
    return answer
  }
  const pipeline = (): RedisPipeline => {
    const inner = client.pipeline()
    return {
      callBuffer: (command, ...parts) => inner.callBuffer(command, ...parts),
      exec: () => heldUp(inner.exec()),
    }
  }
  const holding: Partial<RedisClient> = {
    callBuffer: (command, ...parts) => heldUp(client.callBuffer(command, ...parts)),
    pipeline,
  }
  return {
    client: new Proxy(client, {
      get: (target, name) => Reflect.get(name in holding ? holding : target, name) as unknown,
    }),
    hold: () => {
      const own = (barrier = held())
      return () => {
        barrier = undefined
        own.resolve()
      }
    },
  }
}
