import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createCache } from '../src/create-cache.js'
import { isSupported, resolveCompression } from '../src/compression.js'
import { pack, refusalOf, unpack } from '../src/packing.js'

const algorithms = (['gzip', 'brotli', 'zstd'] as const).filter(isSupported)
const text = (length: number) => Buffer.from('some words of a row, '.repeat(length / 20)).subarray(0, length)

describe.each(algorithms)('%s', (algorithm) => {
  const compression = { aboveBytes: 100, algorithm }

  test.each([101, 5_000, 64 * 1024, 64 * 1024 + 1, 1_000_000])(
    '%i bytes come back as they were',
    async (length) => {
      const packed = await pack(text(length), compression)
      expect(packed.length).toBeLessThan(length)
      expect(await unpack(packed)).toEqual(text(length))
    },
  )

  test('few are packed at once, and many in another thread', () => {
    expect(pack(text(5_000), compression)).toBeInstanceOf(Uint8Array)
    expect(pack(text(500_000), compression)).toBeInstanceOf(Promise)
  })

  test('what says that more comes out than may is not unpacked', async () => {
    const packed = await pack(text(1_000_000), compression)
    expect(refusalOf(packed, 999_999)).toBe('too-large')
    expect(refusalOf(packed, 1_000_000)).toBeUndefined()
  })

  test.each([5_000, 1_000_000])('of %i bytes no more comes out than they say', async (length) => {
    const packed = Buffer.from(await pack(text(length), compression))
    packed.writeUInt32BE(length - 1, 1)
    await expect((async () => await unpack(packed))()).rejects.toMatchObject({ code: 'NOT_ENCODABLE' })
  })

  test.each(['cut short', 'with a byte changed', 'that say that more comes out'])(
    'bytes %s are damaged',
    async (damage) => {
      for (const length of [5_000, 1_000_000]) {
        const packed = Buffer.from(await pack(text(length), compression))
        if (damage === 'with a byte changed') packed[packed.length >> 1]! ^= 0xff
        if (damage === 'that say that more comes out') packed.writeUInt32BE(length + 1, 1)
        const damaged = damage === 'cut short' ? packed.subarray(0, -9) : packed
        const unpacked = (async () => await unpack(damaged))()
        // A code without a checksum may have changed into another text of the same length, which the signature is for.
        if (algorithm === 'brotli' && damage === 'with a byte changed') await unpacked.catch(() => undefined)
        else await expect(unpacked).rejects.toMatchObject({ code: 'NOT_ENCODABLE' })
      }
    },
  )
})

describe('what is not packed', () => {
  test('up to the size that was given', () => {
    expect(pack(text(100), { aboveBytes: 100, algorithm: 'gzip' })).toEqual(text(100))
  })

  test('what would not become smaller', () => {
    const noise = brotliCompressSync(Buffer.from(gzipSync(text(50_000))))
    expect(pack(noise, { aboveBytes: 0, algorithm: 'gzip' })).toBe(noise)
  })

  test('anything, if nothing is wanted', () => {
    expect(pack(text(5_000), false)).toEqual(text(5_000))
  })

  test('is returned as it is', () => {
    const bytes = Buffer.from('\u0001{"id":1}')
    expect(unpack(bytes)).toBe(bytes)
    expect(refusalOf(bytes, 1)).toBeUndefined()
  })
})

test('what is compressed in a way that this Node does not have is refused, not damaged', () => {
  const zstd = Buffer.from([0xc3, 0, 0, 0, 9, 1, 2, 3])
  expect(refusalOf(zstd, 100)).toBe(isSupported('zstd') ? undefined : 'compression')
})

describe('the option compression', () => {
  test.each([
    ['a misspelt option', { abov: 1 }],
    ['a negative size', { above: -1 }],
    ['a size in words', { above: '4 KiB' }],
    ['an unknown algorithm', { algorithm: 'lz4' }],
    ['a switch', true],
  ])('refuses %s', (_, compression) => {
    expect(() => createCache({ compression: compression as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })

  test('names what Node lacks', () => {
    if (isSupported('zstd'))
      expect(resolveCompression({ algorithm: 'zstd' })).toMatchObject({ algorithm: 'zstd' })
    else expect(() => resolveCompression({ algorithm: 'zstd' })).toThrow(/Node .* does not have/)
  })

  test('has the best that this Node has', () => {
    expect(resolveCompression({})).toEqual({
      aboveBytes: 4096,
      algorithm: isSupported('zstd') ? 'zstd' : 'brotli',
    })
  })
})
