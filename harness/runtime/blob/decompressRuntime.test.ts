import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { DrydockError } from '../../base/errors.ts'
import { decompressRuntime } from './decompressRuntime.ts'

const LEGACY = hexToBytes('52bc537646db8e05')
const MIB = 1024 * 1024
/** Header and one empty custom section: the smallest module with some bytes in it. */
const MODULE = concatBytes(
  hexToBytes('0061736d01000000'),
  new Uint8Array([0, 101, 3, 97, 98, 99]),
  new Uint8Array(97),
)

/** A zstd frame of raw and run-length blocks, as RFC 8878 writes them; window of 2 MiB as wasm-builder's. */
function zstdFrame(
  blocks: readonly { readonly kind: 'raw' | 'rle'; readonly bytes: Uint8Array; readonly repeat?: number }[],
) {
  const parts: Uint8Array[] = [hexToBytes('28b52ffd'), new Uint8Array([0x00, 0x58])]
  blocks.forEach(({ kind, bytes, repeat }, i) => {
    const size = kind === 'raw' ? bytes.length : (repeat ?? 1)
    const header = (size << 3) | (kind === 'raw' ? 0 : 2) | (i === blocks.length - 1 ? 1 : 0)
    parts.push(new Uint8Array([header & 0xff, (header >> 8) & 0xff, header >> 16]), bytes)
  })
  return concatBytes(...parts)
}

function bombOf(outputBytes: number): Uint8Array {
  const repeat = 128 * 1024
  const blocks = Array.from({ length: outputBytes / repeat }, () => ({
    kind: 'rle' as const,
    bytes: new Uint8Array([0]),
    repeat,
  }))
  return concatBytes(LEGACY, zstdFrame([{ kind: 'raw', bytes: MODULE }, ...blocks]))
}

function errorOf(submitted: Uint8Array, limitBytes?: number): DrydockError {
  try {
    decompressRuntime(submitted, limitBytes)
  } catch (error) {
    if (error instanceof DrydockError) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('decompressRuntime', () => {
  it('gives plain wasm back as it is', () => {
    const result = decompressRuntime(MODULE)
    expect(result.compression).toBe('none')
    expect(result.wasm).toBe(MODULE)
  })

  it.each(['05', '07'])('unwraps zstd behind the code prefix that ends in %s', (last) => {
    const prefix = hexToBytes(`52bc537646db8e${last}`)
    const frame = zstdFrame([
      { kind: 'raw', bytes: MODULE.subarray(0, 40) },
      { kind: 'raw', bytes: MODULE.subarray(40) },
    ])
    const result = decompressRuntime(concatBytes(prefix, frame))
    expect(result.compression).toBe('zstd')
    expect(result.wasm).toEqual(MODULE)
  })

  it('stops a bomb of 61 kB that would become 2 GB, in bounded memory', () => {
    const bomb = bombOf(2048 * MIB)
    expect(bomb.length).toBeLessThan(70_000)
    const before = process.memoryUsage().arrayBuffers
    const error = errorOf(bomb)
    expect(error.code).toBe('BLOB_BOMB')
    expect(error.message).toContain('limit of 52428800')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * MIB)
  })

  it('holds the limit to the byte', () => {
    const packed = concatBytes(LEGACY, zstdFrame([{ kind: 'raw', bytes: MODULE }]))
    expect(packed.length).toBeLessThanOrEqual(MODULE.length + 30)
    const rle = concatBytes(
      LEGACY,
      zstdFrame([
        { kind: 'raw', bytes: MODULE },
        { kind: 'rle', bytes: new Uint8Array([0]), repeat: 1000 },
      ]),
    )
    expect(decompressRuntime(rle, MODULE.length + 1000).wasm).toHaveLength(MODULE.length + 1000)
    expect(errorOf(rle, MODULE.length + 999).code).toBe('BLOB_BOMB')
  })

  it.each([
    ['nothing', new Uint8Array(), 'BLOB_EMPTY', /0 bytes/],
    ['an ELF file', concatBytes(hexToBytes('7f454c46'), new Uint8Array(60)), 'BLOB_NOT_WASM', /ELF/],
    ['PolkaVM', concatBytes(utf8ToBytes('PVM\0'), new Uint8Array(60)), 'BLOB_NOT_WASM', /PolkaVM/],
    ['compressed PolkaVM', hexToBytes('52bc537646db8e0828b52ffd'), 'BLOB_NOT_WASM', /PolkaVM/],
    ['a compressed proof', hexToBytes('52bc537646db8e0628b52ffd'), 'BLOB_NOT_WASM', /proof of validity/],
    ['an unknown prefix', hexToBytes('52bc537646db8eff28b52ffd'), 'BLOB_NOT_WASM', /52bc537646db8eff/],
    ['hex text', utf8ToBytes('0x0061736d01000000'), 'BLOB_NOT_WASM', /hex text/],
    ['JSON', utf8ToBytes(' {"name": "Bittensor"}'), 'BLOB_NOT_WASM', /JSON/],
    ['gzip', hexToBytes('1f8b080000000000'), 'BLOB_NOT_WASM', /gzip/],
    ['bare zstd', zstdFrame([{ kind: 'raw', bytes: MODULE }]), 'BLOB_NOT_WASM', /bare zstd/],
    ['WebAssembly text', utf8ToBytes('(module)'), 'BLOB_NOT_WASM', /text/],
    ['noise', hexToBytes('0102030405060708'), 'BLOB_NOT_WASM', /0x0102030405060708/],
    [
      'compressed noise',
      concatBytes(LEGACY, zstdFrame([{ kind: 'raw', bytes: hexToBytes('01020304') }])),
      'BLOB_NOT_WASM',
      /decompresses to/,
    ],
    ['a prefix alone', LEGACY, 'BLOB_TRUNCATED', /zstd/],
    ['a prefix and other bytes', concatBytes(LEGACY, new Uint8Array(40)), 'BLOB_MALFORMED', /damaged zstd/],
    [
      'a window of 2^40 bytes',
      concatBytes(LEGACY, hexToBytes('28b52ffd00f0'), new Uint8Array(40)),
      'BLOB_MALFORMED',
      /window/,
    ],
  ])('says what is wrong with %s', (_, submitted, code, message) => {
    const error = errorOf(submitted)
    expect(error.code).toBe(code)
    expect(error.kind).toBe('usage')
    expect(error.message).toMatch(message)
  })

  it('refuses more than 50 MiB before it looks at it', () => {
    expect(errorOf(new Uint8Array(50 * MIB + 1)).code).toBe('BLOB_TOO_LARGE')
  })

  it('refuses every truncation of a compressed runtime', () => {
    const packed = concatBytes(LEGACY, zstdFrame([{ kind: 'raw', bytes: MODULE }]))
    for (let length = 0; length < packed.length; length++) {
      expect(() => decompressRuntime(packed.subarray(0, length)), `${length} bytes`).toThrow(DrydockError)
    }
  })

  it('refuses bytes after the frame', () => {
    const packed = concatBytes(LEGACY, zstdFrame([{ kind: 'raw', bytes: MODULE }]))
    for (const extra of [1, 3, 20, 5000]) {
      expect(errorOf(concatBytes(packed, new Uint8Array(extra).fill(0xab))).code).toMatch(
        /BLOB_(MALFORMED|TRUNCATED)/,
      )
    }
  })

  it('throws nothing but DrydockError on damaged frames', () => {
    const packed = concatBytes(
      LEGACY,
      zstdFrame([
        { kind: 'raw', bytes: MODULE },
        { kind: 'rle', bytes: new Uint8Array([0]), repeat: 99 },
      ]),
    )
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const damaged = packed.slice()
        damaged[at] = (damaged[at] ?? 0) ^ mask
        try {
          decompressRuntime(damaged)
        } catch (error) {
          expect(error).toBeInstanceOf(DrydockError)
        }
      }),
      { seed: 1, numRuns: 1000 },
    )
  })
})
