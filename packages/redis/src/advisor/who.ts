import type { Link } from '../link.js'
import { createScript } from '../scripts/script.js'
import { textOf } from './text-of.js'

/** WHO: which process answers, on the connection that queries use. KEYS: one of its keys. Reply: its `run_id`; nil where INFO is denied. */
const whoScript = createScript(
  'WHO',
  `
local info = redis.pcall('INFO', 'server')
return type(info) == 'string' and string.match(info, 'run_id:(%w+)')
`,
)

/** The server that has a key, as its `run_id`; `undefined` if that cannot be known. */
export async function whoHas(link: Link, key: string): Promise<string | undefined> {
  const [outcome] = await link.run([{ script: whoScript, keys: [key], args: [] }])
  return outcome?.ok === true ? textOf(outcome.reply) : undefined
}
