// Preloaded (`node --import`) into a process whose modules are to be listed: appends to the file named by TRACE_FILE a
// line for every module that is loaded, be it by import or by require.
import { appendFileSync } from 'node:fs'
import Module, { isBuiltin, register } from 'node:module'

const file = process.env.TRACE_FILE

register('./hooks.mjs', import.meta.url, { data: { file } })

const load = Module._load
Module._load = function traced(request, parent, isMain) {
  const found = isBuiltin(request) ? request : Module._resolveFilename(request, parent, isMain)
  appendFileSync(file, `${found}\n`)
  return load.call(this, request, parent, isMain)
}
