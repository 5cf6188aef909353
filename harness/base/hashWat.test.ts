import { readFile } from 'node:fs/promises'
import { blake2b } from '@noble/hashes/blake2.js'
import { xxhashAsU8a } from '@polkadot/util-crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { buildHashCore } from './buildHashCore.ts'
import { bytesToHex, utf8ToBytes } from './bytes.ts'
import { hashFunctionsWat } from './hashWat.ts'
import { createWasmHasher } from './wasmHasher.ts'

const PAGE = 65_536

interface Embedded {
  readonly memory: WebAssembly.Memory
  blake2b(start: number, length: number, out: number, digestBytes: number): void
  xxh64(start: number, length: number, seed: bigint): bigint
}

/** The functions in a module of one page, as the runtime's helper embeds them. */
async function embed(): Promise<Embedded> {
  const toolkit = await wabt()
  const module = toolkit.parseWat(
    'embedded.wat',
    `(module (memory (export "memory") 1 1) ${hashFunctionsWat()}
      (export "blake2b" (func $blake2b)) (export "xxh64" (func $xxh64)))`,
  )
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBinary({}).buffer))
  // SAFETY: the exports that the text above declares.
  return instance.exports as unknown as Embedded
}

/** xxh64 in little endian for seed 0 or 1. */
function xxh64Bytes(bytes: Uint8Array, seed: bigint): Uint8Array {
  return xxhashAsU8a(bytes, 128).slice(8 * Number(seed), 8 * Number(seed) + 8)
}

function littleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true)
  return bytes
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 3) * 13 + 5) & 0xff)
}

describe('hashFunctionsWat', () => {
  let core: Embedded
  beforeAll(async () => {
    core = await embed()
  })

  it('hashes every length from 0 to 300, flush with the end of memory', () => {
    const memory = new Uint8Array(core.memory.buffer)
    for (let length = 0; length <= 300; length++) {
      const input = pattern(length)
      const start = PAGE - length
      memory.set(input, start)
      for (const digestBytes of [16, 32, 64]) {
        core.blake2b(start, length, 8, digestBytes)
        expect(memory.slice(8, 8 + digestBytes)).toEqual(blake2b(input, { dkLen: digestBytes }))
      }
      for (const seed of [0n, 1n]) {
        expect(littleEndian(core.xxh64(start, length, seed))).toEqual(xxh64Bytes(input, seed))
      }
    }
  })

  it('hashes at any offset and changes only its output', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 700 }),
        fc.nat(4000),
        fc.constantFrom(16, 32, 64),
        (input, offset, digestBytes) => {
          const memory = new Uint8Array(core.memory.buffer)
          memory.fill(0xa5)
          const start = PAGE - input.length - offset
          const out = PAGE / 2 - (offset % 13)
          memory.set(input, start)
          const expected = memory.slice()
          expected.set(blake2b(input, { dkLen: digestBytes }), out)
          core.blake2b(start, input.length, out, digestBytes)
          expect(Buffer.compare(memory, expected)).toBe(0)
          expect(littleEndian(core.xxh64(start, input.length, 0n))).toEqual(xxh64Bytes(input, 0n))
        },
      ),
      { seed: 1, numRuns: 300 },
    )
  })

  it('may write its output over its input', () => {
    const memory = new Uint8Array(core.memory.buffer)
    memory.set(pattern(200), 1000)
    core.blake2b(1000, 200, 1003, 32)
    expect(memory.slice(1003, 1035)).toEqual(blake2b(pattern(200), { dkLen: 32 }))
  })

  it('traps on a range past the end of memory', () => {
    expect(() => core.blake2b(PAGE - 5, 6, 0, 32)).toThrow(WebAssembly.RuntimeError)
    expect(() => core.xxh64(PAGE - 32, 33, 0n)).toThrow(WebAssembly.RuntimeError)
    expect(() => core.xxh64(0xffff_fff0, 40, 0n)).toThrow(WebAssembly.RuntimeError)
  })
})

describe('createWasmHasher', () => {
  it('uses a module that is up to date with its text', async () => {
    const committed = await readFile(new URL('./hashCoreWasm.ts', import.meta.url), 'utf8')
    expect(committed).toBe(await buildHashCore())
  })

  it('gives published vectors', () => {
    const hasher = createWasmHasher()
    const abc = utf8ToBytes('abc')
    expect(bytesToHex(hasher.blake2_256(abc))).toBe(
      '0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319',
    )
    expect(bytesToHex(hasher.blake2_512(abc))).toBe(
      '0xba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
    )
    expect(bytesToHex(hasher.twox_64(new Uint8Array(0)))).toBe('0x99e9d85137db46ef')
    expect(bytesToHex(hasher.twox_128(utf8ToBytes('System')))).toBe('0x26aa394eea5630e07c48ae0c9558cef7')
    expect(bytesToHex(hasher.blake2_128(new Uint8Array(0)))).toBe('0xcae66941d9efbd404e4d88758ea67670')
  })

  it('agrees with other implementations and grows with its input', () => {
    const hasher = createWasmHasher()
    for (const length of [0, 31, 32, 129, 65_472, 65_473, 300_000]) {
      const input = pattern(length)
      expect(hasher.blake2_256(input)).toEqual(blake2b(input, { dkLen: 32 }))
      expect(hasher.twox_128(input)).toEqual(xxhashAsU8a(input, 128))
      expect(hasher.twox_256(input)).toEqual(xxhashAsU8a(input, 256))
    }
  })

  it('hashes in place', () => {
    const hasher = createWasmHasher()
    const memory = hasher.reserve(200_000)
    memory.set(pattern(100_000), 50_000)
    hasher.blake2b(50_000, 100_000, 4, 32)
    expect(memory.slice(4, 36)).toEqual(blake2b(pattern(100_000), { dkLen: 32 }))
  })
})
