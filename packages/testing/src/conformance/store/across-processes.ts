import { toMilliseconds, type Duration } from '@freshet/core/store'
import { checksOf } from '../check.js'
import type { CheckRun } from '../check-run.js'
import { faultyStore, type FaultyStoreFactory } from '../../faults/faulty-store.js'
import { settled } from '../../held.js'
import type { StoreProcess } from '../store-process.js'
import type { StoreUnderTest } from '../store-under-test.js'

type Mode = 'strong' | 'bounded' | 'eventual'

function modeOf({ cacheOptions }: StoreUnderTest): Mode {
  const consistency = cacheOptions?.consistency ?? 'strong'
  return typeof consistency === 'string' ? consistency : 'bounded'
}

const sharedAnd =
  (...modes: readonly Mode[]) =>
  (store: StoreUnderTest): boolean =>
    store.isShared === true && modes.includes(modeOf(store))

// Within this many turns of the event loop a push has arrived, however far away a server on the same machine is.
const maxTurns = 5_000
const warmUpMs = 2_000

/** Has a process keep what it can, and know that it is being told of changes. */
async function warm(reader: StoreProcess, { pass }: CheckRun): Promise<void> {
  await reader.find('k', ['a'])
  await pass(reader.clock, warmUpMs)
  for (let i = 0; i < 3; i++) await reader.find('k', ['a'])
}

/** Two processes that do not hear from each other once `deafen` has been called. */
function deafProcesses({ newProcesses }: CheckRun) {
  let faulty!: FaultyStoreFactory
  const [writer, reader] = newProcesses((store) => (faulty = faultyStore(store)))
  return { writer, reader, deafen: () => void faulty.faults.dropPushes() }
}

export const acrossProcessesChecks = [
  ...checksOf(
    'store',
    'strong across processes',
    {
      'what one process stores another one finds': async ({ newProcesses, expect }) => {
        const [one, other] = newProcesses()
        await one.fill('k', 1, ['a'])
        expect(await other.find('k', ['a'])).toBe(1)
      },
    },
    sharedAnd('strong', 'bounded', 'eventual'),
  ),
  ...checksOf(
    'store',
    'strong across processes',
    {
      'after a change by one process no other one finds what was there before': async (run) => {
        const [writer, reader] = run.newProcesses()
        await writer.fill('k', 'old', ['a'])
        await warm(reader, run)
        await writer.change('a')
        run.expect(await reader.find('k', ['a'])).toBeUndefined()
      },
    },
    sharedAnd('strong'),
  ),
  ...checksOf(
    'store',
    'holds',
    {
      'a hold by one process keeps all others away': async (run) => {
        const [writer, reader] = run.newProcesses()
        await writer.fill('k', 'old', ['a'])
        await warm(reader, run)
        await writer.hold(await writer.openIntent(['a']), ['a'], 60_000)
        run.expect(await reader.find('k', ['a'])).toBeUndefined()
        run.expect((await reader.snapshot(['a'])).usable).toBe(false)
      },
    },
    sharedAnd('strong'),
  ),
  ...checksOf(
    'store',
    'intents',
    {
      'a mark of one process keeps all others away': async (run) => {
        const [writer, reader] = run.newProcesses()
        await writer.fill('k', 'old', ['a'])
        await warm(reader, run)
        const intent = await writer.openIntent(['a'])
        run.expect(await reader.find('k', ['a'])).toBeUndefined()
        run.expect((await reader.snapshot(['a'])).usable).toBe(false)
        await writer.closeIntent(intent, ['a'])
      },
    },
    (store) => sharedAnd('strong')(store) && (store.marksWrites ?? true),
  ),
  ...checksOf(
    'store',
    'requests of its own',
    {
      'a look-up that begins after a change is not answered by a request that was sent before it': async ({
        newProcesses,
        settled,
        store: { holdAnswers },
        expect,
      }) => {
        const [reader, writer] = newProcesses()
        await writer.fill('k', 'old', ['a'])
        const release = holdAnswers!()
        const before = reader.find('k', ['a'])
        await settled()
        await writer.change('a')
        const after = reader.find('k', ['a'])
        await settled()
        release()
        expect(await after).toBeUndefined()
        await before
      },

      'nor is a vector that is asked for after it': async ({
        newProcesses,
        settled,
        store: { holdAnswers },
        expect,
      }) => {
        const [reader, writer] = newProcesses()
        await reader.snapshot(['a'])
        const release = holdAnswers!()
        const before = reader.snapshot(['a'])
        await settled()
        await writer.change('a')
        const after = reader.snapshot(['a'])
        await settled()
        release()
        await before
        await reader.put('k', 'new', ['a'], await after)
        expect(await reader.find('k', ['a'])).toBe('new')
      },
    },
    (store) => sharedAnd('strong')(store) && store.holdAnswers !== undefined,
  ),
  ...checksOf(
    'store',
    'bounded staleness',
    {
      'what another process has changed is not found for longer than the bound, even if nothing is pushed':
        async (run) => {
          const { writer, reader, deafen } = deafProcesses(run)
          await writer.fill('k', 'old', ['a'])
          await warm(reader, run)
          deafen()
          await writer.change('a')
          await reader.find('k', ['a'])
          await run.pass(reader.clock, boundMs(run) + run.grainMs)
          run.expect(await reader.find('k', ['a'])).toBeUndefined()
        },

      'nor what was found again and again in the meantime': async (run) => {
        const { writer, reader, deafen } = deafProcesses(run)
        await writer.fill('k', 'old', ['a'])
        await warm(reader, run)
        deafen()
        await writer.change('a')
        for (let i = 0; i < 5; i++) {
          await reader.find('k', ['a'])
          await run.pass(reader.clock, boundMs(run) / 5)
        }
        await run.pass(reader.clock, run.grainMs)
        run.expect(await reader.find('k', ['a'])).toBeUndefined()
      },
    },
    sharedAnd('bounded'),
  ),
  ...checksOf(
    'store',
    'eventual freshness',
    {
      'what another process has changed is not found once that has been pushed': async (run) => {
        const [writer, reader] = run.newProcesses()
        await writer.fill('k', 'old', ['a'])
        await warm(reader, run)
        await writer.change('a')
        let found = await reader.find('k', ['a'])
        for (let turn = 0; turn < maxTurns && found !== undefined; turn++) {
          await settled()
          found = await reader.find('k', ['a'])
        }
        run.expect(found).toBeUndefined()
      },
    },
    sharedAnd('eventual'),
  ),
  ...checksOf(
    'store',
    'eventual freshness',
    {
      'a process that is told nothing does not trust what it keeps for longer than a moment': async (run) => {
        const { writer, reader, deafen } = deafProcesses(run)
        await writer.fill('k', 'old', ['a'])
        await warm(reader, run)
        deafen()
        await writer.change('a')
        await run.pass(reader.clock, run.store.silenceMs! + run.grainMs)
        run.expect(await reader.find('k', ['a'])).toBeUndefined()
      },
    },
    (store) => sharedAnd('eventual')(store) && store.silenceMs !== undefined,
  ),
]

function boundMs({ store: { cacheOptions } }: CheckRun): number {
  const { consistency } = cacheOptions!
  return toMilliseconds((consistency as { readonly maxStaleness: Duration }).maxStaleness, 'maxStaleness')
}
