import { assertOptions, invalidOption, print } from './options.js'

/** How bytes are made fewer. zstd needs Node 22.15, or 23.8, or later. */
export type CompressionAlgorithm = 'gzip' | 'brotli' | 'zstd'

/** What a shared store compresses. What is kept in this process is kept ready to be handed out, and never compressed. */
export interface CompressionOptions {
  /** Values whose encoded form has no more bytes than this travel as they are. Default 4096. */
  readonly above?: number
  /** Default `'zstd'` where this Node has it, else `'brotli'`. Whoever reads an entry goes by what the entry says. */
  readonly algorithm?: CompressionAlgorithm
}

/** {@link CompressionOptions}, checked. */
export interface Compression {
  readonly aboveBytes: number
  readonly algorithm: CompressionAlgorithm
}

/** Whether this Node can read and write it. */
export function isSupported(algorithm: CompressionAlgorithm): boolean {
  return algorithm !== 'zstd' || process.versions['zstd'] !== undefined
}

const algorithms: readonly CompressionAlgorithm[] = ['gzip', 'brotli', 'zstd']
const defaultAboveBytes = 4096
const defaultAlgorithm: CompressionAlgorithm = isSupported('zstd') ? 'zstd' : 'brotli'

export const defaultCompression: Compression = Object.freeze({
  aboveBytes: defaultAboveBytes,
  algorithm: defaultAlgorithm,
})

/** @throws FreshetError INVALID_OPTION */
export function resolveCompression(given: CompressionOptions | false): Compression | false {
  if (given === false) return false
  assertOptions("The option 'compression'", given, ['above', 'algorithm'])
  const { above = defaultAboveBytes, algorithm = defaultAlgorithm } = given
  if (!Number.isSafeInteger(above) || above < 0)
    throw invalidOption(
      `The option 'compression.above' must be a number of bytes, 0 or more, but ${print(above)} was given.`,
    )
  if (!algorithms.includes(algorithm))
    throw invalidOption(
      `The option 'compression.algorithm' must be one of ${algorithms.join(', ')}, but ${print(algorithm)} was given.`,
    )
  if (!isSupported(algorithm))
    throw invalidOption(
      `The option 'compression.algorithm' is 'zstd', which Node ${process.versions.node} does not have. Give 'brotli' or 'gzip', or run Node 22.15 or later.`,
    )
  return Object.freeze({ aboveBytes: above, algorithm })
}
