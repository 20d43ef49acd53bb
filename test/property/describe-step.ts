import type { Maker } from './maker.js'
import type { Action, Step } from './step.js'

/** A step in one line. */
export function describeStep(maker: Maker, step: Step): string {
  switch (step.kind) {
    case 'read':
      return maker.describeRead(step.read)
    case 'sweep':
      return `sweep of ${step.reads.length} reads: ${step.reads.map((read) => maker.describeRead(read)).join(' | ')}`
    case 'write':
      return `${step.route}: ${maker.describeWrite(step.write)}`
    case 'batch':
      return `$transaction([${step.items.map((item) => (item.kind === 'read' ? maker.describeRead(item.read) : maker.describeWrite(item.write))).join(', ')}])`
    case 'interactive':
      return `$transaction through ${step.route}, ${step.end}${step.swallows ? ', errors swallowed' : ''}: ${describeBody(maker, step.body)}`
    case 'probe':
      return `${step.route}, between two rounds of all reads: ${maker.describeWrite(step.write)}`
    case 'heldRead':
      return `while ${maker.describeRead(step.read)} is held, ${step.route}: ${maker.describeWrite(step.write)}${step.hasLateReader ? ', and the read again' : ''}`
    case 'heldWrite':
      return `reads while held ${step.point} its ${step.at}: ${maker.describeWrite(step.write)}; reads ${step.reads.map((read) => maker.describeRead(read)).join(' | ')}`
  }
}

function describeBody(maker: Maker, body: readonly Action[]): string {
  const parts = body.map((action) => {
    if (action.kind === 'nested') return `savepoint, ${action.end}: ${describeBody(maker, action.body)}`
    return action.kind === 'write' || action.kind === 'outerWrite'
      ? `${action.kind} ${maker.describeWrite(action.write)}`
      : `${action.kind} ${maker.describeRead(action.read)}`
  })
  return `{ ${parts.join('; ')} }`
}
