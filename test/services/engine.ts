import { type Binaries, dockerAnswers, findBinaries } from './binaries.js'
import type { ServiceKind } from './service.js'

/** Where a server comes from on this machine. */
export type Source = { readonly from: 'docker' } | { readonly from: 'local'; readonly binaries: Binaries }

let docker: boolean | undefined

/**
 * Where a server of this kind comes from: a container if an engine answers, else programs on this machine.
 *
 * `FRESHET_SERVICES=docker` or `=local` in the environment insists on one of the two.
 */
export function sourceOf(kind: ServiceKind): Source {
  if (usesDocker()) return { from: 'docker' }
  const binaries = findBinaries(kind)
  if (binaries !== undefined) return { from: 'local', binaries }
  throw new Error(
    `no container engine answers and ${kind} is not installed on this machine; run 'npm run setup', which provides one or the other`,
  )
}

function usesDocker(): boolean {
  const wanted = process.env['FRESHET_SERVICES']
  if (wanted === 'docker' || wanted === 'local') return wanted === 'docker'
  if (wanted !== undefined && wanted !== '')
    throw new Error(`FRESHET_SERVICES is '${wanted}'; it can be 'docker', 'local' or unset`)
  docker ??= dockerAnswers()
  return docker
}
