// Says how many files knip looked at, and fails if there were fewer than the project has.
import { isSetApart, projectFiles } from './project-files.mjs'

export default function countFiles({ counters }) {
  const expected = projectFiles('.ts', '.mjs').filter((file) => !isSetApart(file)).length
  console.log(`knip: ${counters.processed} files`)
  if (counters.processed < expected)
    throw new Error(`knip looked at ${counters.processed} files, but the project has ${expected}`)
}
