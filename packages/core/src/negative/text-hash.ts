const prime = 0x01000193

/** FNV-1a over a text's characters, from `seed` on: 32 bits, quick, and nothing to rely on that must not collide. */
export function hashOf(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), prime)
  // Its last bits alone say little.
  hash ^= hash >>> 16
  return Math.imul(hash, 0x85ebca6b) >>> 0
}
