import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { onFreePorts } from './free-ports.js'
import { startRedisHost } from './redis-host.js'

async function listening(port: number) {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

describe('ports for servers', () => {
  test('one that another process takes before the server listens is given up for another', async () => {
    const tried: number[] = []
    const { machine, squatters } = await onFreePorts(1, async ([port]) => {
      tried.push(port!)
      const squatters = tried.length === 1 ? [await listening(port!)] : []
      const machine = await startRedisHost([port!])
      try {
        await machine.launch({ port: port! })
        return { machine, squatters }
      } catch (error) {
        await machine.stop()
        for (const squatter of squatters) squatter.close()
        throw error
      }
    })
    await machine.stop()
    expect(squatters).toEqual([])
    expect(tried).toHaveLength(2)
    expect(tried[0]).not.toBe(tried[1])
  })

  test('what fails for another reason is not tried again', async () => {
    let starts = 0
    const start = onFreePorts(1, async () => {
      starts++
      throw new Error('no such program')
    })
    await expect(start).rejects.toThrow('no such program')
    expect(starts).toBe(1)
  })

  test('they are none that a connection is given, nor are the ports of the bus of a cluster', async () => {
    const ports = await onFreePorts(20, async (ports) => ports)
    expect(new Set(ports).size).toBe(20)
    expect(Math.max(...ports) + 10_000).toBeLessThan(32_768)
    expect(Math.min(...ports)).toBeGreaterThan(10_000)
  })
})
