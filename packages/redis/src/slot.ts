/** Slots of a Redis Cluster. */
const slots = 16_384

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80_00 ? (crc << 1) ^ 0x10_21 : crc << 1
  return crc
})

/**
 * The slot of a key: CRC16 (XMODEM) of what stands between its first `{` and the next `}`, or of all of it if nothing
 * does, modulo 16,384 (Redis Cluster specification).
 */
export function slotOf(key: string): number {
  const bytes = Buffer.from(hashedPart(key))
  let crc = 0
  for (const byte of bytes) crc = ((crc << 8) ^ table[(crc >> 8) ^ byte]!) & 0xff_ff
  return crc % slots
}

function hashedPart(key: string): string {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open)
  return close > open + 1 ? key.slice(open + 1, close) : key
}
