import type { CommandPart, NodeClient, PushClient } from '../../src/client.js'
import type { TrackedClient } from '../support/tracked-client.js'

/** `watched`, whose further connections are waited for as well. */
export function followed(watched: TrackedClient): TrackedClient {
  const underWay = new Set<Promise<unknown>>()
  const watch = <T>(reply: Promise<T>): Promise<T> => {
    underWay.add(reply)
    const done = () => underWay.delete(reply)
    reply.then(done, done)
    return reply
  }
  const follow = (client: PushClient): PushClient => {
    const connect = client.connect.bind(client)
    const callBuffer = client.callBuffer.bind(client)
    return Object.assign(client, {
      connect: () => watch(connect()),
      callBuffer: (command: string, ...parts: CommandPart[]) => watch(callBuffer(command, ...parts)),
    })
  }
  const followNode = (node: NodeClient): NodeClient => ({
    options: node.options,
    duplicate: (options) => follow(node.duplicate(options)),
  })
  const own: Partial<TrackedClient> = {
    duplicate: (options) => follow(watched.duplicate!(options) as PushClient),
    nodes: (role) => watched.nodes!(role).map(followNode),
    async idle() {
      do await watched.idle()
      while (underWay.size > 0)
    },
  }
  return new Proxy(watched, {
    get: (target, name) => Reflect.get(name in own ? own : target, name) as unknown,
  })
}
