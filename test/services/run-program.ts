import { execFile } from 'node:child_process'
import type { Owner } from './owner.js'

/** Runs a program to its end; a failure carries the program's output. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: Owner & { readonly cwd?: string } = {},
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    execFile(command, args, { ...options, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      if (error === null) resolve()
      else reject(new Error(`${command} failed: ${error.message}\n${stdout}\n${stderr}`, { cause: error }))
    })
  })
}
