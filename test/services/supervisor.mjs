// Runs one server and makes sure that nothing of it outlives whoever asked for it.
//
//   node supervisor.mjs '{"command","args","folder","uid","gid","stopSignal"}'
//
// The server's output goes to stdout and stderr. When stdin ends (the parent stopped it, ended, or was
// killed: the kernel closes the pipe in every case) or a signal arrives, the server is stopped, by force if
// it takes longer than five seconds, and its folder is removed.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

const graceMs = 5000
const { command, args, folder, uid, gid, stopSignal } = JSON.parse(process.argv[2])

const server = spawn(command, args, { cwd: folder, uid, gid, stdio: ['ignore', 'inherit', 'inherit'] })

function end(code) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  process.exit(code)
}

function stop() {
  server.kill(stopSignal)
  setTimeout(() => server.kill('SIGKILL'), graceMs).unref()
}

server.on('error', (error) => {
  console.error(`${command} could not be started: ${error.message}`)
  end(1)
})
server.on('exit', (code) => end(code ?? 0))
server.on('spawn', () => console.log(`supervised pid ${server.pid}`))

// The parent's pipes may be gone when the last lines are written.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)
process.stdin.on('end', stop).on('error', stop).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)
