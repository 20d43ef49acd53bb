import type { Binding } from './binding.js'
import { seedStatements } from './seed-rows.js'

/** The database and the cache as every episode finds them. */
export async function startEpisode(binding: Binding, seed: string, episode: number): Promise<void> {
  const { schema, seedsAfter = [] } = binding
  await binding.prepareDatabase([...seedStatements(schema, seed, episode), ...seedsAfter])
  await binding.clear()
}
