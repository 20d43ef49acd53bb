import type { Service, ServiceKind } from './service.js'

/** How one kind of server is started in a container. */
export interface ContainerPlan {
  readonly kind: ServiceKind
  readonly image: string
  readonly port: number
  readonly environment?: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  /** A folder of the container that is kept in memory, where the server writes its data. */
  readonly dataFolder?: string
  /** What the server logs when it accepts connections, and how often it says so before it means it. */
  readonly ready: { readonly pattern: RegExp; readonly times: number }
  readonly url: (host: string, port: number) => string
}

/** Starts a server in a container that testcontainers removes even if this process is killed. */
export async function startContainer(plan: ContainerPlan): Promise<Service> {
  // Loaded only where an engine answers: it takes half a second.
  const { GenericContainer, Wait } = await import('testcontainers')
  let container = new GenericContainer(plan.image)
    .withExposedPorts(plan.port)
    .withEnvironment({ ...plan.environment })
    .withWaitStrategy(Wait.forLogMessage(plan.ready.pattern, plan.ready.times))
  if (plan.command !== undefined) container = container.withCommand([...plan.command])
  if (plan.dataFolder !== undefined) container = container.withTmpFs({ [plan.dataFolder]: 'rw' })
  const running = await container.start()
  const host = running.getHost()
  const port = running.getMappedPort(plan.port)
  let stopped: Promise<unknown> | undefined
  const end = async (timeout: number) => {
    stopped ??= running.stop({ timeout })
    await stopped
  }
  return {
    kind: plan.kind,
    host,
    port,
    url: plan.url(host, port),
    pid: undefined,
    folder: undefined,
    stop: async () => await end(5000),
    kill: async () => await end(0),
  }
}
