// Starts the servers, prints one JSON line for each ({ kind, url, host, port, … }), and stops them on Ctrl-C or
// when its input ends.
//
//   npm run --silent services [-- postgres mariadb redis]
import { startMariaDb, startPostgres, startRedis, type Service } from './index.js'

const starters: Readonly<Record<string, () => Promise<Service>>> = {
  postgres: startPostgres,
  mariadb: startMariaDb,
  redis: async () => await startRedis(),
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(starters)
for (const kind of wanted) {
  if (!Object.hasOwn(starters, kind))
    throw new Error(`there is no service '${kind}'; choose among ${Object.keys(starters).join(', ')}`)
}

const services: Service[] = []
let stopping: Promise<unknown> | undefined

const stop = () => {
  stopping ??= Promise.all(services.map(async (service) => await service.stop())).then(() => process.exit(0))
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)

await Promise.all(
  wanted.map(async (kind) => {
    const service = await starters[kind]?.()
    if (service === undefined) return
    services.push(service)
    console.log(JSON.stringify(service))
  }),
)

setInterval(() => undefined, 2 ** 30)
