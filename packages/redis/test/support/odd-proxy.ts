import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { HostAndPort } from './clients.js'

/** What becomes of what a client has sent. */
export type Passage = 'pass' | 'swallow' | 'end'

export interface OddProxy extends HostAndPort {
  /** Connections that were made. */
  readonly made: number
  stop(): Promise<void>
}

/** Something between client and server that does not pass on everything: `decide` is asked of each packet of each connection. */
export async function startOddProxy(
  target: HostAndPort,
  decide: (connection: number, sent: string) => Passage,
): Promise<OddProxy> {
  const sockets = new Set<Socket>()
  let made = 0
  const proxy = createServer((client) => {
    const connection = ++made
    const server = connect(target.port, target.host)
    for (const socket of [client, server]) {
      sockets.add(socket.on('error', () => undefined))
      socket.on('close', () => {
        client.destroy()
        server.destroy()
      })
    }
    server.pipe(client)
    client.on('data', (bytes) => {
      const passage = decide(connection, bytes.toString('latin1'))
      if (passage === 'pass') server.write(bytes)
      if (passage === 'end') client.destroy()
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as { readonly port: number }
  return {
    host: '127.0.0.1',
    port,
    get made() {
      return made
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
