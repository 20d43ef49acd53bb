import { one, type Mutant } from '../property/mutant.js'
import type { Property } from './check.js'
import type { Freshness } from './history.js'
import type { PushedBy } from './stand.js'

/** A rule of the protocol taken out. */
export interface HistoryMutant extends Mutant {
  /** What no longer holds without it: one of these must be seen broken. */
  readonly breaks: readonly Property[]
  /** Parts of the names of the faults that show it; the others are left out, as they would only slow the hunt. */
  readonly faults: readonly string[]
  /** How fresh answers are asked to be. Default strong. */
  readonly freshness?: Freshness
  /** What pushes changes. Default the server that is asked. */
  readonly pushedBy?: PushedBy
}

const among = (faults: readonly string[], mutant: Mutant & Pick<HistoryMutant, 'breaks'>): HistoryMutant => ({
  ...mutant,
  faults,
})

const breaking = (breaks: readonly Property[], mutant: Mutant) => ({ ...mutant, breaks })

const none: readonly string[] = []
const network = ['slow network']
const forgetting = ['generations deleted']
const lagging = ['older memory']
const resending = ['before the answer']

const heldUp = ['held up']

const bounded = { mode: 'bounded', staleMs: 50 } as const
const eventual = { mode: 'eventual', staleMs: 400 } as const

const sharedEntries: readonly HistoryMutant[] = [
  among(
    none,
    breaking(
      ['committed', 'monotonic', 'converging'],
      one(
        'no intent',
        'a writer marks its tags before the commit',
        'core/src/write.ts',
        '() => store.openIntent(space, tags),',
        '() => ({ space, tags }),',
      ),
    ),
  ),
  among(
    none,
    breaking(
      ['committed', 'monotonic'],
      one(
        'readers ignore intents',
        'what is marked is not served',
        'redis/src/vector.ts',
        "withoutDialect(value?.toString('latin1') ?? '')",
        "withoutDialect(value?.toString('latin1').split('|')[0] ?? '')",
      ),
    ),
  ),
  among(
    none,
    breaking(
      ['acknowledged'],
      one(
        'vector after the load',
        'the vector is read before the load',
        'core/src/load.ts',
        '(value) => this.#loaded(request, flight, context, value, startedAt),',
        'async (value) => (Object.assign(flight, { vector: await this.#parts.lookUps.snapshot(request.space, flight.tags) }), this.#loaded(request, flight, context, value, startedAt)),',
      ),
    ),
  ),
  among(
    forgetting,
    breaking(
      ['acknowledged'],
      one(
        'missing generation is zero',
        'a tag without a generation gets one that was never used',
        'redis/src/redis-store.ts',
        'const missing = names.filter((_, index) => read[index]!.value === undefined)',
        'const missing: string[] = []',
      ),
    ),
  ),
  among(
    none,
    breaking(
      ['acknowledged'],
      one(
        'flights by key alone',
        'a reader joins only a load under its own vector',
        'core/src/flight.ts',
        'flight.vector.id === vector.id',
        'flight.vector.id !== ""',
      ),
    ),
  ),
  among(
    ['old file', ...lagging],
    breaking(
      ['acknowledged'],
      one(
        'no epoch',
        'a generation belongs to the memory of one server',
        'redis/src/vector.ts',
        '}@${epoch}`',
        '}@`',
      ),
    ),
  ),
  among(
    lagging,
    breaking(
      ['acknowledged'],
      one(
        'run_id alone as epoch',
        'a promotion makes another memory',
        'redis/src/scripts/script.ts',
        "local _, before = string.find(info, 'master_replid:', 1, true)",
        "info = redis.call('INFO', 'server')\n  local _, before = string.find(info, 'run_id:', 1, true)",
      ),
    ),
  ),
  among(lagging, {
    name: 'epoch learned at connect',
    breaks: ['acknowledged'],
    rule: 'the epoch comes in the reply that it labels',
    patches: [
      {
        file: 'redis/src/link.ts',
        find: 'this.wire = wire\n',
        replace: 'this.wire = wire\n    wire.onReady(() => { globalThis.learned = undefined })\n',
      },
      {
        file: 'redis/src/readings.ts',
        find: "const label = epoch.toString('latin1')",
        replace: "const label = (globalThis.learned ??= epoch.toString('latin1'))",
      },
    ],
  }),
  among(none, {
    name: 'bump before commit',
    breaks: ['acknowledged'],
    rule: 'generations are replaced after the commit',
    patches: [
      {
        file: 'core/src/write.ts',
        find: '() => store.openIntent(space, tags),',
        replace: 'async () => (await store.bump(space, tags), store.openIntent(space, tags)),',
      },
      {
        file: 'core/src/write.ts',
        find: '() => store.closeIntent(this.#intent, tags),',
        replace: '() => store.closeIntent(this.#intent, []),',
      },
    ],
  }),
  among(
    ['lost during COMMIT'],
    breaking(
      ['converging'],
      one(
        'bump at once on an unknown outcome',
        'the tags of a write whose outcome nobody knows stay marked',
        'core/src/write.ts',
        'store.hold(this.#intent, tags, holdMs)',
        'store.closeIntent(this.#intent, tags)',
      ),
    ),
  ),
  among(network, {
    name: 'joining a batched read on the wire',
    // Whoever joins is given what was there before a commit, acknowledged or not yet.
    breaks: ['acknowledged', 'committed', 'monotonic'],
    rule: 'nobody joins a request that has been sent',
    patches: [
      {
        file: 'redis/src/tick-batch.ts',
        find: 'const batch = (this.#next ??= this.#open())',
        replace:
          'if (this.sent !== undefined && keys.every((key) => this.sent.keys.has(key))) return this.sent.done\n    const batch = (this.#next ??= this.#open())',
      },
      {
        file: 'redis/src/tick-batch.ts',
        find: 'this.#next = undefined\n        resolve(',
        replace:
          'const sent = this.#next\n        this.sent = sent\n        const clear = () => { if (this.sent === sent) this.sent = undefined }\n        sent.done.then(clear, clear)\n        this.#next = undefined\n        resolve(',
      },
      {
        file: 'redis/src/near/checker.ts',
        find: 'this.#next ??= this.#open()\n',
        replace:
          'if (this.sent !== undefined) return void this.sent.push({ copy, checked, failed })\n      this.#next ??= this.#open()\n',
      },
      {
        file: 'redis/src/near/checker.ts',
        find: 'this.#next = undefined\n      this.#send(batch.waiting)',
        replace:
          'this.#next = undefined\n      const [first] = batch.waiting\n      this.sent = batch.waiting\n      const over = (tell) => (given) => { if (this.sent === batch.waiting) this.sent = undefined; tell(given) }\n      batch.waiting[0] = { ...first, checked: over(first.checked), failed: over(first.failed) }\n      this.#send(batch.waiting)',
      },
    ],
  }),
  among(network, {
    name: 'joining a look-up on the wire',
    breaks: ['acknowledged'],
    rule: 'nobody joins a request that has been sent',
    patches: [
      {
        file: 'redis/src/crowd.ts',
        find: 'const there = unsent.crowds?.of(crowd.key)',
        replace: 'const there = unsent.crowds?.of(crowd.key) ?? unsent.sent?.get(crowd.key)',
      },
      {
        file: 'redis/src/crowd.ts',
        find: 'unsent.crowds?.add(crowd)',
        replace:
          'const sent = (unsent.sent ??= new Map())\n  sent.set(crowd.key, crowd)\n  const clear = () => { if (sent.get(crowd.key) === crowd) sent.delete(crowd.key) }\n  crowd.answer.then(clear, clear)',
      },
    ],
  }),
  among(
    resending,
    breaking(
      ['acknowledged'],
      one(
        'generation chosen by the client',
        'a generation is made by every execution of a script anew',
        'redis/src/scripts/script.ts',
        "return nonce .. time[1] .. string.format('%06d', time[2])",
        'return nonce',
      ),
    ),
  ),
  among(
    // What is held for a write whose outcome nobody knows ends as its mark runs out: mostly there is none to take away by then.
    ['past its lease', 'lost during COMMIT'],
    breaking(
      ['acknowledged', 'monotonic', 'converging'],
      one(
        'CLOSE without its intent does nothing',
        'the generation is replaced also where the own mark is gone',
        'redis/src/scripts/close.ts',
        'if i <= bumped or pruned or not own or not generation then',
        "if not generation or ((own or ARGV[1] == '') and (i <= bumped or pruned)) then",
      ),
    ),
  ),
  among(
    none,
    breaking(
      ['committed', 'monotonic'],
      one(
        'CLOSE clears the marks of others',
        "one writer's end never clears another's mark",
        'redis/src/scripts/close.ts',
        'own = true else others[#others + 1] = intent end',
        'own = true end',
      ),
    ),
  ),
  among(
    ['place of a lost generation'],
    breaking(
      ['committed', 'monotonic'],
      one(
        'MINT overwrites what is there',
        'a generation is given only to a tag that has none',
        'redis/src/scripts/mint.ts',
        "if type(value) ~= 'string' or value == '' then",
        'if true then',
      ),
    ),
  ),
  among(
    ['entries replaced by others'],
    breaking(
      ['row'],
      one(
        'entries of other keys',
        'an entry says which key it belongs to',
        'redis/src/payload.ts',
        "if (header.identity !== identity) throw unreadable('it belongs to another key')",
        '',
      ),
    ),
  ),
]

const nearCopies: readonly HistoryMutant[] = [
  {
    name: 'dated at the reply',
    rule: 'what is known of a generation counts from before it was asked for',
    breaks: ['acknowledged'],
    faults: heldUp,
    freshness: bounded,
    patches: [
      {
        file: 'redis/src/near/generations.ts',
        find: 'askedAt: asking.at,',
        replace: 'askedAt: this.#options.now(),',
      },
      {
        file: 'redis/src/near/generations.ts',
        find: 'known.askedAt = asking.at',
        replace: 'known.askedAt = this.#options.now()',
      },
    ],
  },
  {
    ...one(
      'push trusted without heartbeat',
      'a connection that may lag behind extends nothing',
      'redis/src/near/generations.ts',
      'Math.max(askedAt, session.heardAt)',
      'this.#options.now()',
    ),
    breaks: ['acknowledged'],
    faults: heldUp,
    freshness: bounded,
  },
  {
    name: 'near copies kept over a gap',
    breaks: ['acknowledged'],
    rule: 'what was not pushed while a connection was down may have changed',
    faults: ['connections cut', 'CLIENT KILL'],
    freshness: eventual,
    patches: [
      {
        file: 'redis/src/near/with-near.ts',
        find: 'copies.clear()\n        generations.lost()',
        replace: '',
      },
      {
        file: 'redis/src/push/push-connection.ts',
        find: 'this.#session = new Session(epoch, this.#way)',
        replace:
          'this.#session = this.kept?.epoch === epoch ? this.kept : new Session(epoch, this.#way)\n    this.kept = this.#session',
      },
    ],
  },
  {
    ...one(
      'own writes left to the push',
      'a process sees what it wrote itself, whatever is pushed',
      'redis/src/near/near-store.ts',
      'generations.changed(tagsOf(space, tags).map(keys.generation))',
      '',
    ),
    breaks: ['own'],
    faults: heldUp,
    freshness: eventual,
  },
]

const dating: readonly HistoryMutant[] = [
  {
    name: 'dated when stored',
    rule: 'a copy counts from before its generations were asked for, however long its load took',
    breaks: ['acknowledged'],
    faults: heldUp,
    freshness: bounded,
    patches: [
      {
        file: 'redis/src/near/near-store.ts',
        find: 'copies.set(identity, new NearCopy(record, vector, generationKeys))',
        replace:
          '(generations.dated(generationKeys), copies.set(identity, new NearCopy(record, vector, generationKeys)))',
      },
      {
        file: 'redis/src/near/generations.ts',
        find: 'stampOf(key: string): string | undefined {',
        replace:
          'dated(keys) { for (const key of keys) this.#known.get(key).askedAt = this.#options.now() }\n  stampOf(key: string): string | undefined {',
      },
    ],
  },
  {
    name: 'heartbeat answered by a replica that lags',
    rule: 'a heartbeat is a write that comes back behind all changes from before, and no PING',
    breaks: ['acknowledged'],
    faults: ['none'],
    freshness: bounded,
    pushedBy: 'a replica that lags',
    patches: [
      {
        file: 'redis/src/push/push-connection.ts',
        find: 'const pending = { echo: beat.echo, sentAt }',
        replace:
          "const heard = () => { if (session === this.#session) session.heardAt = sentAt }\n    return void this.#options.client.callBuffer('ping').then(heard, () => undefined)\n    const pending = { echo: beat.echo, sentAt }",
      },
    ],
  },
]

export const mutants: readonly HistoryMutant[] = [...sharedEntries, ...nearCopies, ...dating]
