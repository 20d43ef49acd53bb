import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A wire between a client and a server on which a test can be the bad network. */
export interface TcpProxy {
  readonly host: string
  readonly port: number
  /** From now on bytes arrive `ms` later, in both directions or only on their way to the client. 0 ends it. */
  delay(ms: number, way?: 'both' | 'to client'): void
  /** Nothing passes any more, in either direction, and nobody is told: connections are half open. */
  stall(): void
  /** What was held back by `stall` goes on. */
  resume(): void
  /** Only what the server answers is held back: commands are carried out and their replies do not come. */
  stallAnswers(): void
  /** Ends every connection that is open. New ones are taken. */
  cut(): void
  /** Connections that are open now. */
  readonly connections: number
  /** Bytes that clients have sent since the proxy was started. */
  readonly bytesToServer: number
  stop(): Promise<void>
}

type Way = 'to server' | 'to client'
const host = '127.0.0.1'

/** Starts a proxy on a free port in front of a server. */
export async function startTcpProxy(target: {
  readonly host: string
  readonly port: number
}): Promise<TcpProxy> {
  const proxy = new Proxy(target)
  await proxy.listen()
  return proxy
}

class Proxy implements TcpProxy {
  readonly host = host
  port = 0
  bytesToServer = 0
  readonly #target: { readonly host: string; readonly port: number }
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #lanes: Readonly<Record<Way, Lane>> = { 'to server': new Lane(), 'to client': new Lane() }

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target
    this.#server = createServer((client) => this.#connect(client))
  }

  async listen(): Promise<void> {
    this.#server.listen(0, host)
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('no TCP port was assigned')
    this.port = address.port
  }

  get connections(): number {
    return this.#sockets.size / 2
  }

  delay(ms: number, way: 'both' | 'to client' = 'both'): void {
    this.#lanes['to client'].delayMs = ms
    this.#lanes['to server'].delayMs = way === 'both' ? ms : 0
  }

  stall(): void {
    for (const lane of Object.values(this.#lanes)) lane.stall()
  }

  stallAnswers(): void {
    this.#lanes['to client'].stall()
  }

  resume(): void {
    for (const lane of Object.values(this.#lanes)) lane.resume()
  }

  cut(): void {
    for (const lane of Object.values(this.#lanes)) lane.clear()
    for (const socket of this.#sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.resume()
    this.cut()
    await closed
  }

  #connect(client: Socket): void {
    const server = connect({ host: this.#target.host, port: this.#target.port })
    this.#join(client, server, 'to server')
    this.#join(server, client, 'to client')
  }

  #join(from: Socket, to: Socket, way: Way): void {
    const lane = this.#lanes[way]
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (bytes) => {
      if (way === 'to server') this.bytesToServer += bytes.length
      lane.send(() => to.writable && to.write(bytes))
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      this.#sockets.delete(from)
      // On a stalled wire nobody hears that the other side is gone.
      lane.send(() => to.destroy())
    })
  }
}

/** One direction of the wire. Whatever its delay is changed to, nothing overtakes. */
class Lane {
  delayMs = 0
  #stalled = false
  #timer: NodeJS.Timeout | undefined
  readonly #queue: { readonly at: number; readonly pass: () => void }[] = []

  send(pass: () => void): void {
    this.#queue.push({ at: performance.now() + this.delayMs, pass })
    this.#pump()
  }

  stall(): void {
    this.#stalled = true
  }

  resume(): void {
    this.#stalled = false
    this.#pump()
  }

  clear(): void {
    this.#queue.length = 0
  }

  #pump(): void {
    if (this.#stalled || this.#timer !== undefined) return
    while (this.#queue.length > 0) {
      const waitMs = this.#queue[0]!.at - performance.now()
      if (waitMs > 0) return this.#wait(waitMs)
      this.#queue.shift()!.pass()
    }
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#pump()
    }, ms)
  }
}
