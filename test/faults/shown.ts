/** A rule, and the tests that fail without it. */
export interface Shown {
  readonly mutant: string
  readonly file: string
  /** Part of the test's name, as a regular expression. */
  readonly test: string
}

const by = (file: string, rules: Readonly<Record<string, string>>): readonly Shown[] =>
  Object.entries(rules).map(([test, mutant]) => ({ mutant, file, test }))

/** Which rule each test of faults is there for. */
export const shown: readonly Shown[] = [
  ...by('lost-memory', {
    'restarted empty': 'nothing tells a new memory from an old one',
    'while it is away': 'failures of the cache pass',
    'from an old file': 'no epoch',
    'to a server that lacks': 'no epoch',
    'back without a restart': 'run_id alone as epoch',
    'generations deleted': 'missing generation is zero',
    FLUSHALL: 'missing generation is zero',
    'generations evicted': 'missing generation is zero',
    'out of memory': 'out of memory, generations stay',
    'asked for anew': 'MINT overwrites what is there',
  }),
  ...by('network', {
    'is waited for by a write': 'acknowledged before the new generation',
    'lets nobody join': 'joining a batched read on the wire',
    'slower than anybody waits': 'failures of the cache pass',
    'keeps a reader from the cache': 'failures of the cache pass',
    'after a COMMIT': 'acknowledged before the new generation',
    'never makes a write fail': 'failures of the cache pass',
    'breaks before the reply': 'generation chosen by the client',
    'ends the copies': 'near copies kept over a gap',
  }),
  ...by('near-copies', {
    'nothing is older': 'push trusted without heartbeat',
    'not from the answer': 'dated at the reply',
    'when the row was stored': 'dated when stored',
    'wrote itself': 'own writes left to the push',
    'a replica that lags': 'heartbeat answered by a replica that lags',
  }),
  ...by('dead-writers', {
    'while its COMMIT is under way': 'no intent',
    'after its COMMIT': 'no intent',
    'after the new generation': 'no new generation',
    'stopped with SIGSTOP': 'CLOSE without its intent does nothing',
  }),
  ...by('unknown-outcomes', {
    'lost during COMMIT': 'bump at once on an unknown outcome',
    'gives up': 'bump at once on an unknown outcome',
    'when Redis dies': 'failures of the cache pass',
  }),
  ...by('partition', {
    'others see it when': 'what could not be told is forgotten',
    'is refused and changes nothing': 'no write is refused',
    'refused before its COMMIT': 'no write is refused',
    'its mark keeps others': 'no intent',
  }),
  ...by('payloads', {
    'garbage in place': 'entries that cannot be read fail the query',
    'garbage in its header': 'entries that cannot be read fail the query',
    'another version': 'payloads of any version',
    'another key': 'entries of other keys',
  }),
  ...by('rolling-deploy', {
    'the others see': 'no new generation',
    misread: 'one schema like another',
    'from its first read on': 'reads as if all versions were one',
    'first write of another': 'writes as if all versions were one',
  }),
  ...by('cluster', {
    'takes the mark along': 'no intent',
    'moves back': 'vector after the load',
    'a master that dies': 'no epoch',
  }),
  ...by('sentinel', { 'is promoted': 'no epoch' }),
]
