import { describe, expect, it } from 'vitest'
import { bytesToHex, concatBytes, hexToBytes } from '../base/bytes.ts'
import { decodeDigest, encodeDigestItem, preRuntimeData } from './digestItem.ts'
import { decodeHeader, encodeHeader, type Header, hashHeader, stripSeals, zeroHash } from './header.ts'

const EMPTY_ROOT = hexToBytes('0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314')

/** State roots of block 0 as the chains' own RPC gives them, with their genesis hashes. */
const GENESIS = [
  {
    chain: 'westend',
    stateRoot: '0x7e92439a94f79671f9cade9dff96a094519b9001a7432244d46ab644bb6f746f',
    hash: '0xe143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e',
  },
  {
    chain: 'polkadot',
    stateRoot: '0x29d0d972cd27cbc511e9589fcb7a4506d5eb6a9e8df205f00472e5ab354a4e17',
    hash: '0x91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3',
  },
]

const SEAL = encodeDigestItem({ kind: 'seal', engine: 'aura', data: new Uint8Array(64) })
const SLOT = encodeDigestItem({
  kind: 'preRuntime',
  engine: 'aura',
  data: new Uint8Array([7, 0, 0, 0, 0, 0, 0, 0]),
})

function header(fields: Partial<Header>): Header {
  const roots = { stateRoot: zeroHash(), extrinsicsRoot: EMPTY_ROOT }
  return { parentHash: zeroHash(), number: 0, ...roots, digest: [], ...fields }
}

describe('header', () => {
  it.each(GENESIS)('hashes the genesis header of $chain', ({ stateRoot, hash }) => {
    expect(bytesToHex(hashHeader(header({ stateRoot: hexToBytes(stateRoot) })))).toBe(hash)
  })

  it('reads back what it wrote, digest and large number included', () => {
    const digest = [
      SLOT,
      encodeDigestItem({ kind: 'consensus', engine: 'FRNK', data: new Uint8Array([1, 2, 3]) }),
      encodeDigestItem({ kind: 'runtimeEnvironmentUpdated' }),
      encodeDigestItem({ kind: 'other', data: new Uint8Array(100) }),
      SEAL,
    ]
    const written = header({ number: 16_000_000, digest })
    expect(decodeHeader(encodeHeader(written))).toEqual(written)
  })

  it('refuses bytes that are short, too many, or of an unknown digest kind', () => {
    const bytes = encodeHeader(header({ digest: [SLOT] }))
    expect(decodeHeader(bytes.subarray(0, -1))).toBeNull()
    expect(decodeHeader(concatBytes(bytes, new Uint8Array(1)))).toBeNull()
    expect(decodeHeader(encodeHeader(header({ digest: [new Uint8Array([77, 0])] })))).toBeNull()
    expect(decodeHeader(new Uint8Array(20))).toBeNull()
  })

  it('strips seals and keeps the rest in order', () => {
    const sealed = header({ digest: [SLOT, SEAL] })
    expect(stripSeals(sealed).digest).toEqual([SLOT])
    expect(hashHeader(stripSeals(sealed))).not.toEqual(hashHeader(sealed))
  })
})

describe('digest item', () => {
  it('encodes an Aura slot as Substrate does', () => {
    expect(bytesToHex(SLOT)).toBe('0x0661757261200700000000000000')
  })

  it('finds the pre-runtime data of an engine', () => {
    expect(preRuntimeData([SEAL, SLOT], 'aura')).toEqual(new Uint8Array([7, 0, 0, 0, 0, 0, 0, 0]))
    expect(preRuntimeData([SEAL, SLOT], 'BABE')).toBeNull()
  })

  it('lists kinds that it does not know instead of failing', () => {
    expect(decodeDigest([new Uint8Array([77, 1, 2]), new Uint8Array()])).toEqual([
      { kind: 'unknown', tag: 77 },
      { kind: 'unknown', tag: 0 },
    ])
  })

  it('refuses an engine id of another length', () => {
    expect(() => encodeDigestItem({ kind: 'seal', engine: 'babel', data: new Uint8Array() })).toThrow(
      RangeError,
    )
  })
})
