import { execFile } from 'node:child_process'

/** How a program ended. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, however it ends. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return await new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { ...options, maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        if (error instanceof Error && child.exitCode === null) reject(error)
        else resolve({ code: child.exitCode ?? 1, stdout, stderr })
      },
    )
  })
}

/** Runs a program that must succeed, and returns what it wrote to stdout. */
export async function mustRun(...run: Parameters<typeof runCommand>): Promise<string> {
  const { code, stdout, stderr } = await runCommand(...run)
  if (code !== 0) throw new Error(`${run[0]} ${run[1].join(' ')} ended with ${code}:\n${stdout}\n${stderr}`)
  return stdout
}
