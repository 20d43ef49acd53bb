import type { BatchItem, Binding, Channel, Read, Write } from './binding.js'
import { describeError, difference, outcome, spoil, type Outcome } from './compare.js'
import type { Held } from './gate.js'
import type { Action, Step } from './step.js'
import { writtenModels } from './written-models.js'

/** A cached answer that is not what the database says. */
export interface Difference {
  readonly read: Read
  readonly where: string
  readonly what: string
  readonly cached: Outcome
  readonly direct: Outcome
}

/** Reads that were asked before and after a write to one of their tables. */
export interface Beside {
  asked: number
  /** The answer was the same before and after. */
  same: number
  /** Of those that were the same, answered from the cache. */
  hits: number
}

/** What a run did, to judge whether it proves anything. */
export class Tally {
  steps = 0
  /** Answers compared with the database's. */
  compared = 0
  /** Reads outside transactions, and how many of these sent no statement. */
  reads = 0
  hits = 0
  writes = 0
  failedWrites = 0
  /** Calls that the ORM refused before sending anything: faults of the generator. */
  readonly invalid = new Map<string, number>()
  readonly failures = new Map<string, number>()
  /** By kind of read: answers that a write to one of their own tables left as they were, and how many of these stayed. */
  readonly beside = new Map<string, Beside>()
  /** Writes by what they are examples of: how many were sent, and how many the database carried out. */
  readonly forms = new Map<string, { sent: number; done: number }>()

  wrote(result: Outcome): void {
    this.writes++
    if (result.ok) return
    this.failedWrites++
    const name = describeError(result.error)
    this.failures.set(name, (this.failures.get(name) ?? 0) + 1)
    this.noteInvalid(result)
  }

  sent(form: string, isDone: boolean): void {
    const known = this.forms.get(form) ?? { sent: 0, done: 0 }
    known.sent++
    if (isDone) known.done++
    this.forms.set(form, known)
  }

  stoodBeside(kind: string, isSame: boolean, isHit: boolean): void {
    const known = this.beside.get(kind) ?? { asked: 0, same: 0, hits: 0 }
    known.asked++
    if (isSame) known.same++
    if (isSame && isHit) known.hits++
    this.beside.set(kind, known)
  }

  noteInvalid(result: Outcome): void {
    if (result.ok || !isRefusal(result.error)) return
    const lines = result.error.message.trim().split('\n')
    const text = lines.at(-1) ?? ''
    this.invalid.set(text, (this.invalid.get(text) ?? 0) + 1)
  }
}

/** Prisma's name, and those of TypeORM for calls that no schema could satisfy. */
function isRefusal(error: unknown): error is Error {
  return (
    error instanceof Error &&
    /Validation|^TypeError$|PropertyNotFound|RelationsNotFound|MetadataNotFound|^TypeORMError$/.test(
      error.constructor.name,
    )
  )
}

export class DifferenceFound extends Error {
  readonly difference: Difference

  constructor(found: Difference) {
    super(`${found.read.model}: ${found.what}`)
    this.difference = found
  }
}

/** Runs one step and compares every answer in it. Throws {@link DifferenceFound} at the first that is wrong. */
export async function execute(binding: Binding, step: Step, tally: Tally): Promise<void> {
  const { underWay } = binding
  underWay.add(step)
  try {
    await new Execution(binding, tally).step(step)
  } finally {
    underWay.delete(step)
  }
  tally.steps++
}

/** Ends an interactive transaction on purpose. */
class Rollback extends Error {}

class Execution {
  readonly #binding: Binding
  readonly #tally: Tally

  constructor(binding: Binding, tally: Tally) {
    this.#binding = binding
    this.#tally = tally
  }

  async step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'read':
        return this.#check(step.read, 'read')
      case 'sweep':
        return this.#checkAll(step.reads, 'sweep')
      case 'write':
        this.#tally.wrote(await this.#write(this.#binding[step.route], step.write))
        return
      case 'probe':
        return this.#probe(step)
      case 'batch':
        return this.#batch(step.items)
      case 'interactive':
        return this.#interactive(step)
      case 'heldRead':
        return this.#heldRead(step)
      case 'heldWrite':
        return this.#heldWrite(step)
    }
  }

  async #probe(step: Extract<Step, { kind: 'probe' }>): Promise<void> {
    const { gate, cached, maker } = this.#binding
    const before: Outcome[] = []
    for (const read of step.reads) before.push(await outcome(() => cached.read(read)))
    const stop = gate.record()
    const written = await this.#write(this.#binding[step.route], step.write)
    const touched = writtenModels(this.#binding.schema, stop())
    this.#tally.wrote(written)
    for (const [index, read] of step.reads.entries()) {
      const { hit, answer } = await this.#asked(read, 'after a write')
      const concerns = written.ok && maker.modelsOf(read).some((name) => touched.has(name))
      if (concerns) {
        const isSame = difference(before[index]!, answer, read.unordered) === undefined
        this.#tally.stoodBeside(maker.kindOf(read), isSame, hit)
      }
      spoilAnswer(answer)
    }
  }

  #write(channel: Channel, write: Write): Promise<Outcome> {
    return this.#send(write, () => channel.write(write))
  }

  async #writeInside(channel: Channel, write: Write): Promise<void> {
    const result = await this.#write(channel, write)
    if (!result.ok) throw result.error
  }

  async #send(write: Write, send: () => PromiseLike<unknown>): Promise<Outcome> {
    const result = await outcome(send)
    this.#tally.sent(this.#binding.maker.formOf(write), result.ok)
    return result
  }

  async #checkAll(reads: readonly Read[], where: string): Promise<void> {
    for (const read of reads) await this.#check(read, where)
  }

  async #check(read: Read, where: string): Promise<void> {
    const { answer } = await this.#asked(read, where)
    spoilAnswer(answer)
  }

  /** The same call through the cache and past it. Nothing else runs, so both must say the same. */
  async #asked(read: Read, where: string): Promise<{ hit: boolean; answer: Outcome }> {
    const { gate, cached, plain } = this.#binding
    const before = gate.statements
    const answer = await outcome(() => cached.read(read))
    const hit = gate.statements === before
    this.#tally.reads++
    if (hit) this.#tally.hits++
    this.#compare(read, where, answer, await outcome(() => plain.read(read)))
    return { hit, answer }
  }

  #compare(read: Read, where: string, cached: Outcome, direct: Outcome): void {
    this.#tally.compared++
    this.#tally.noteInvalid(direct)
    const what = difference(cached, direct, read.unordered)
    if (what !== undefined) throw new DifferenceFound({ read, where, what, cached, direct })
  }

  async #batch(items: readonly BatchItem[]): Promise<void> {
    const { cached } = this.#binding
    const result = await outcome(() => cached.batch(items))
    this.#tally.wrote(result)
    if (!result.ok) return
    const answers = (result.value as unknown[])[Symbol.iterator]()
    const next = (): Outcome => ({ ok: true, value: answers.next().value })
    for (const item of items) {
      const answer = next()
      if (item.kind !== 'read') continue
      this.#compare(item.read, 'inside a batch', answer, next())
      spoilAnswer(answer)
    }
  }

  async #interactive(step: Extract<Step, { kind: 'interactive' }>): Promise<void> {
    const client = this.#binding[step.route]
    const result = await outcome(() =>
      client.transaction((tx) => this.#body(tx, step.body, step.end, step.swallows), step.form),
    )
    if (!result.ok && result.error instanceof DifferenceFound) throw result.error
    if (result.ok || !(result.error instanceof Rollback)) this.#tally.wrote(result)
    // What was warm while it was open.
    for (const action of step.body)
      if (action.kind === 'outerRead') await this.#check(action.read, 'after a transaction')
  }

  async #body(
    tx: Channel,
    body: readonly Action[],
    end: 'commit' | 'throw',
    swallows: boolean,
  ): Promise<void> {
    for (const action of body) {
      const result = await outcome(() => this.#action(tx, action, swallows))
      if (!result.ok && (!swallows || result.error instanceof DifferenceFound)) throw result.error
    }
    if (end === 'throw') throw new Rollback('rolled back on purpose')
  }

  async #action(tx: Channel, action: Action, swallows: boolean): Promise<void> {
    switch (action.kind) {
      case 'write':
        await this.#writeInside(tx, action.write)
        return
      case 'outerWrite':
        this.#tally.wrote(await this.#write(this.#binding.cached, action.write))
        return
      case 'outerRead':
        return this.#check(action.read, 'the outer client during a transaction')
      case 'read':
        return this.#readInside(tx, action.read)
      case 'nested': {
        const result = await outcome(() =>
          tx.transaction((inner) => this.#body(inner, action.body, action.end, swallows), 'callback'),
        )
        if (!result.ok && result.error instanceof DifferenceFound) throw result.error
        return
      }
    }
  }

  /** No second client sees this transaction, so the same question is asked again in words never used before. */
  async #readInside(tx: Channel, read: Read): Promise<void> {
    const one = await outcome(() => tx.read(read))
    const other = await outcome(() => tx.readFresh(read))
    // The first error ends what can be done in the transaction, and the second tells of that.
    if (one.ok || other.ok) this.#compare(read, 'inside a transaction', one, other)
    spoilAnswer(one)
  }

  async #heldRead(step: Extract<Step, { kind: 'heldRead' }>): Promise<void> {
    const { gate, cached } = this.#binding
    const held = gate.hold('after', (sql) => /^\s*SELECT/i.test(sql))
    const early = outcome(() => cached.read(step.read))
    const reached = await Promise.race([held.reached, early.then(() => false)])
    // Answered without a statement: the hold would take one of the write's.
    if (!reached) held.release()
    this.#tally.wrote(await this.#write(this.#binding[step.route], step.write))
    if (step.hasLateReader) await this.#readLate(step, held, early)
    held.release()
    await early
    await this.#check(step.read, 'after a load that a write overtook')
  }

  /** A reader that begins when the write has been acknowledged, and the early one has not ended. */
  async #readLate(
    { read }: Extract<Step, { kind: 'heldRead' }>,
    held: Held,
    early: Promise<Outcome>,
  ): Promise<void> {
    const { gate, cached, plain } = this.#binding
    const before = gate.statements
    const late = outcome(() => cached.read(read))
    // It gets the time to join the early one's load, which would be wrong. If it went to the database it is let finish.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    if (gate.statements > before) await late
    held.release()
    await early
    const answer = await late
    this.#compare(read, 'a read that began after a write', answer, await outcome(() => plain.read(read)))
    spoilAnswer(answer)
  }

  async #heldWrite(step: Extract<Step, { kind: 'heldWrite' }>): Promise<void> {
    const { gate, cached } = this.#binding
    await this.#checkAll(step.warm ?? [], 'before a write')
    const verb = step.at === 'commit' ? /^\s*COMMIT/i : /^(?!\s*(SELECT|START|BEGIN|SAVEPOINT|ROLLBACK))/i
    const held = gate.hold(step.point, (sql) => verb.test(sql))
    const write = this.#send(step.write, () =>
      step.at === 'commit' ? cached.writeInTransaction(step.write) : cached.write(step.write),
    )
    const reached = await Promise.race([held.reached, write.then(() => false)])
    if (reached && step.point === 'before') await this.#checkAll(step.reads, 'before a write has run')
    // Not yet acknowledged: either answer is right, but what is stored now must not be served later.
    if (reached && step.point === 'after') {
      for (const read of step.reads) await outcome(() => cached.read(read))
    }
    held.release()
    this.#tally.wrote(await write)
    await this.#checkAll(step.reads, 'after a write that reads overtook')
  }
}

function spoilAnswer(answer: Outcome): void {
  if (answer.ok) spoil(answer.value)
}
