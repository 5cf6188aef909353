import { createPrivateKey, sign } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { ed25519Verify } from './ed25519Verify.ts'

/** RFC 8032 section 7.1, tests 1 to 3: public key, message, signature. */
const RFC_8032 = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const

/** All encodings of the eight points of small order, the non-canonical ones included. */
const SMALL_ORDER = [
  `01${'00'.repeat(31)}`,
  `01${'00'.repeat(30)}80`,
  `ec${'ff'.repeat(30)}7f`,
  `ec${'ff'.repeat(31)}`,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  `ed${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(31)}`,
  `ee${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(31)}`,
].map(hexToBytes)

describe('ed25519Verify', () => {
  it.each(RFC_8032)('accepts RFC 8032 with key %s and refuses it tampered', (key, message, signature) => {
    const [k, m, s] = [hexToBytes(key), hexToBytes(message), hexToBytes(signature)]
    expect(ed25519Verify(s, m, k)).toBe(true)
    expect(ed25519Verify(s, concatBytes(m, new Uint8Array(1)), k)).toBe(false)
    for (const at of [0, 31, 32, 62]) expect(ed25519Verify(flip(s, at), m, k)).toBe(false)
    expect(ed25519Verify(s, m, flip(k, 0))).toBe(false)
  })

  it('accepts all 196 pairs of small-order points with s = 0, as ZIP-215 asks', () => {
    const accepted = SMALL_ORDER.flatMap((key) =>
      SMALL_ORDER.filter((r) => ed25519Verify(concatBytes(r, new Uint8Array(32)), utf8ToBytes('Zcash'), key)),
    )
    expect(accepted).toHaveLength(196)
  })

  it('refuses s at or above the group order', () => {
    const [key, , signature] = RFC_8032[0]
    const bytes = hexToBytes(signature)
    const malleated = hexToBytes(signature)
    let carry = 0n
    let order = ed25519.Point.Fn.ORDER
    for (let i = 32; i < 64; i++) {
      const sum = BigInt(bytes[i] ?? 0) + (order & 0xffn) + carry
      malleated[i] = Number(sum & 0xffn)
      carry = sum >> 8n
      order >>= 8n
    }
    expect(ed25519Verify(malleated, new Uint8Array(0), hexToBytes(key))).toBe(false)
  })

  it('agrees with what node:crypto signs, and refuses any other message', () => {
    const secret = new Uint8Array(32).fill(7)
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret])
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    const key = ed25519.getPublicKey(secret)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), (message, other) => {
        const signature = sign(null, message, privateKey)
        expect(ed25519Verify(signature, message, key)).toBe(true)
        if (Buffer.compare(message, other) !== 0) expect(ed25519Verify(signature, other, key)).toBe(false)
      }),
      { seed: 1, numRuns: 20 },
    )
  })

  it('answers false on any bytes of any length', () => {
    const bytes = fc.uint8Array({ maxLength: 70 })
    fc.assert(
      fc.property(bytes, bytes, bytes, (signature, message, key) => {
        expect(ed25519Verify(signature, message, key)).toBe(false)
      }),
      { seed: 1, numRuns: 100 },
    )
    const [key, , signature] = RFC_8032[0]
    expect(ed25519Verify(hexToBytes(`${signature}00`), new Uint8Array(0), hexToBytes(key))).toBe(false)
    expect(ed25519Verify(hexToBytes(signature), new Uint8Array(0), hexToBytes(`${key}00`))).toBe(false)
  })
})

function flip(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))
}
