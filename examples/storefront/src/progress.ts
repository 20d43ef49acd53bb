import { performance } from 'node:perf_hooks'
import { SingleBar } from 'cli-progress'

/** Says how far a long step is. One step at a time: `start`, `advance` as often as its total, `stop`. */
export interface Progress {
  start(label: string, total: number): void
  advance(): void
  stop(): void
}

/** A bar on a terminal; otherwise one line per step, when it is done. Writes to stderr, so that stdout stays clean. */
export function createProgress(): Progress {
  return process.stderr.isTTY ? createBar() : createLines()
}

function createBar(): Progress {
  let bar: SingleBar | undefined
  return {
    start(label, total) {
      bar = new SingleBar({
        stream: process.stderr,
        format: `${label.padEnd(36)} {bar} {value}/{total} in {duration_formatted}`,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 30,
        hideCursor: true,
      })
      bar.start(total, 0)
    },
    advance: () => bar?.increment(),
    stop: () => bar?.stop(),
  }
}

function createLines(): Progress {
  let label = ''
  let startedAt = 0
  return {
    start(newLabel) {
      label = newLabel
      startedAt = performance.now()
    },
    advance() {},
    stop() {
      process.stderr.write(`${label}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
    },
  }
}
