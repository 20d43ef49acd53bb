import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'

/*
 * Loads the sources of the packages with the patches of one mutant, given in PROPERTY_TEST_PATCHES as
 * [{ path, find, replace }]. It must be imported before the TypeScript loader: then it stands behind that one
 * and hands it the patched text.
 */
const patches = JSON.parse(process.env.PROPERTY_TEST_PATCHES ?? '[]')

// A patch that no longer fits would leave the rule in place, and the hunt would blame the test.
for (const { path, find } of patches) {
  const times = readFileSync(path, 'utf8').split(find).length - 1
  if (times !== 1)
    throw new Error(`The patch of ${path} must fit once, but its text stands there ${times} times: ${find}`)
}

const hooks = `
let patches
export const initialize = (given) => { patches = given.map((patch) => ({ ...patch })) }
export async function load(url, context, next) {
  const loaded = await next(url, context)
  const own = patches.filter((patch) => patch.url === url.split('?')[0])
  if (own.length === 0 || loaded.source == null) return loaded
  let source = Buffer.from(loaded.source).toString('utf8')
  for (const { find, replace } of own) source = source.split(find).join(replace)
  return { ...loaded, source }
}`

register(`data:text/javascript,${encodeURIComponent(hooks)}`, {
  data: patches.map((patch) => ({ ...patch, url: pathToFileURL(patch.path).href })),
})
