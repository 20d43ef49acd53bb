import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSigner, digest } from '../src/digest.js'
import { isFreshetError } from '../src/errors.js'

describe('digest', () => {
  it('is 32 characters that are safe in a key, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(digest(text)).toMatch(/^[\w-]{32}$/)
        expect(digest(text)).toBe(digest(text))
      }),
    )
  })

  it('is what SHA-256 makes of the text in UTF-16, so that other processes agree', () => {
    expect(digest('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NM')
  })

  it('tells lone surrogates apart', () => {
    expect(digest('\ud800')).not.toBe(digest('\ud801'))
    expect(digest('\ud800')).not.toBe(digest('\ufffd'))
  })
})

describe('a signature', () => {
  const signer = createSigner('a secret of enough bytes')
  const part = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.uint8Array({ maxLength: 3 }))
  const parts = fc.array(part, { maxLength: 3 })

  it('verifies for the parts that were signed, and no others', () => {
    const plain = (list: readonly (string | Uint8Array)[]): string =>
      JSON.stringify(list.map((item) => (typeof item === 'string' ? item : [...item])))
    fc.assert(
      fc.property(parts, parts, (signed, given) => {
        expect(signer.verify(signed, signer.sign(signed))).toBe(true)
        expect(signer.verify(given, signer.sign(signed))).toBe(plain(given) === plain(signed))
      }),
    )
  })

  it('does not verify when bytes move from one part to the next, or text becomes bytes', () => {
    expect(signer.verify(['ab', 'c'], signer.sign(['a', 'bc']))).toBe(false)
    expect(signer.verify(['abc', ''], signer.sign(['abc']))).toBe(false)
    expect(signer.verify([Buffer.from('a', 'utf16le')], signer.sign(['a']))).toBe(false)
  })

  it('does not verify when a part looks like two with what stands between them', () => {
    const [a, b] = [Buffer.from('a'), Buffer.from('b')]
    for (const length of [0, 1]) {
      const between = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, length])
      expect(signer.verify([Buffer.concat([a, between, b])], signer.sign([a, b]))).toBe(false)
    }
  })

  it('does not verify when any bit of it is changed, or it has another length', () => {
    const signature = signer.sign(['key', Buffer.from('value')])
    for (let bit = 0; bit < signature.length * 8; bit++) {
      const changed = Uint8Array.from(signature)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(signer.verify(['key', Buffer.from('value')], changed)).toBe(false)
    }
    expect(signer.verify(['key'], new Uint8Array())).toBe(false)
    expect(signer.verify(['key'], signer.sign(['key']).subarray(0, 31))).toBe(false)
  })

  it('is another one under another secret, text and bytes of it being the same', () => {
    expect(createSigner('another secret, also long').verify(['a'], signer.sign(['a']))).toBe(false)
    const asBytes = createSigner(Buffer.from('a secret of enough bytes'))
    expect(asBytes.verify(['a'], signer.sign(['a']))).toBe(true)
  })

  it('keeps to the secret that it was made with when the caller clears its bytes', () => {
    const secret = Buffer.alloc(16, 7)
    const own = createSigner(secret)
    const before = own.sign(['a'])
    secret.fill(0)
    expect(own.verify(['a'], before)).toBe(true)
  })

  for (const secret of ['', 'fifteen bytes..', new Uint8Array(15), undefined, 42]) {
    it(`is refused a secret such as ${typeof secret} of ${String((secret as string | undefined)?.length)}`, () => {
      try {
        createSigner(secret as string)
        expect.unreachable()
      } catch (error) {
        expect(isFreshetError(error, 'INVALID_OPTION')).toBe(true)
        if (typeof secret === 'string' && secret !== '') expect(String(error)).not.toContain(secret)
      }
    })
  }
})
