import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { DrydockError } from '../../base/errors.ts'
import { parseRuntimeBlob } from './runtimeBlob.ts'

const tools = await wabt()

/** multi_memory is missing from wabt's types. */
const FEATURES: object = { multi_memory: true, memory64: true, threads: true, exceptions: true }

function assemble(wat: string): Uint8Array {
  return tools.parseWat('test.wat', wat, FEATURES).toBinary({ write_debug_names: true }).buffer
}

function customSection(name: string, content: Uint8Array): Uint8Array {
  const text = utf8ToBytes(name)
  const body = concatBytes(new Uint8Array([text.length]), text, content)
  return concatBytes(new Uint8Array([0, (body.length & 0x7f) | 0x80, body.length >> 7]), body)
}

const SMALL = assemble(`(module
  (type $hash (func (param i64 i32) (result i64)))
  (import "env" "memory" (memory 17))
  (import "env" "ext_hashing_twox_128_version_1" (func $twox (param i64) (result i32)))
  (import "env" "ext_storage_get_version_1" (func $get (param i64) (result i64)))
  (table 1 funcref)
  (global $__stack_pointer (mut i32) (i32.const 1048576))
  (global $counter (mut i64) (i64.const -5))
  (global (export "__data_end") i32 (i32.const 1048700))
  (global (export "__heap_base") i32 (i32.const -1430532899))
  (export "shown" (global $counter))
  (data (i32.const 1048590) "tail")
  (data (i32.const 1048576) "head")
  (func $core_version (export "Core_version") (param i32 i32) (result i64)
    local.get 0 i64.extend_i32_u)
  (func $_ZN4test6helper17h0123456789abcdefE (param f32) (drop (local.get 0)))
)`)

const VERSION = hexToBytes(
  `0x${'107370656310696d706c'}${'01000000'}${'8f000000'}${'02000000'}00${'07000000'}01`,
)
const APIS = hexToBytes('df6acb689907609b04000000cbca25e39f14238702000000')

describe('parseRuntimeBlob', () => {
  it('reads imports, exports, memory, globals and data', () => {
    const blob = parseRuntimeBlob(SMALL)
    expect(blob.imports).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
      {
        module: 'env',
        name: 'ext_hashing_twox_128_version_1',
        kind: 'function',
        params: ['i64'],
        results: ['i32'],
      },
      {
        module: 'env',
        name: 'ext_storage_get_version_1',
        kind: 'function',
        params: ['i64'],
        results: ['i64'],
      },
    ])
    expect(blob.exports.map((one) => `${one.kind} ${one.name} ${one.index}`)).toEqual([
      'global __data_end 2',
      'global __heap_base 3',
      'global shown 1',
      'function Core_version 2',
    ])
    expect(blob.memory).toEqual({ source: 'import', name: 'memory', minPages: 17, maxPages: null })
    expect(blob.heapBase).toBe(0xaabbccdd)
    expect([blob.dataStart, blob.dataEnd]).toEqual([1048576, 1048594])
    expect(blob.mutableGlobals).toEqual([
      { index: 0, type: 'i32', exportName: null },
      { index: 1, type: 'i64', exportName: 'shown' },
    ])
    expect([blob.importedFunctionCount, blob.functionCount]).toEqual([2, 2])
    expect(blob.codeSize).toBeGreaterThan(8)
    expect(blob.proposals).toEqual([])
  })

  it('reads names lazily, and none where there are none', () => {
    const blob = parseRuntimeBlob(SMALL)
    expect(blob.hasNameSection).toBe(true)
    expect(blob.functionName(2)).toBe('core_version')
    expect(blob.functionName(3)).toBe('_ZN4test6helper17h0123456789abcdefE')
    expect(blob.functionName(99)).toBeNull()
    const bare = parseRuntimeBlob(assemble('(module (memory 1))').slice(0, 13))
    expect(bare.hasNameSection).toBe(false)
    expect(bare.functionName(0)).toBeNull()
  })

  it('hashes what was submitted and what runs', () => {
    const blob = parseRuntimeBlob(hexToBytes('0061736d010000000503010001'))
    expect(blob.submittedHash).toBe('0x1db9dc6fb9253e1cd9fd9d646e620087585602f043de94bb8c36b9e27cdd05ba')
    expect(blob.wasmHash).toBe(blob.submittedHash)
    expect(blob.sha256).toBe('0xd7f602df8d1cb581cc5c886a4ff8809793c50627e305ef45f6d770f27e0261cc')
  })

  it('puts the version together from its two custom sections', () => {
    const blob = parseRuntimeBlob(
      concatBytes(SMALL, customSection('runtime_version', VERSION), customSection('runtime_apis', APIS)),
    )
    expect(blob.version).toMatchObject({
      specName: 'spec',
      implName: 'impl',
      specVersion: 143,
      transactionVersion: 7,
    })
    expect(blob.version?.apis).toEqual([
      ['0xdf6acb689907609b', 4],
      ['0xcbca25e39f142387', 2],
    ])
    expect(blob.stateVersion).toBe(1)
    expect(blob.customSections.map((one) => one.name)).toEqual(['name', 'runtime_version', 'runtime_apis'])
    expect(bytesToHex(blob.customSection('runtime_apis') ?? new Uint8Array())).toBe(bytesToHex(APIS))
  })

  it('has no version without the section, and refuses a damaged one', () => {
    expect(parseRuntimeBlob(SMALL)).toMatchObject({ version: null, stateVersion: null })
    const damaged = concatBytes(SMALL, customSection('runtime_version', VERSION.subarray(0, 12)))
    expect(() => parseRuntimeBlob(damaged)).toThrow(/runtime_version of 12 bytes/)
    const odd = concatBytes(
      SMALL,
      customSection('runtime_version', VERSION),
      customSection('runtime_apis', APIS.subarray(1)),
    )
    expect(() => parseRuntimeBlob(odd)).toThrow(/runtime_apis/)
  })

  it('knows a memory of its own', () => {
    const blob = parseRuntimeBlob(assemble('(module (memory (export "mem") 2 9))'))
    expect(blob.memory).toEqual({ source: 'own', name: 'mem', minPages: 2, maxPages: 9 })
    expect(parseRuntimeBlob(assemble('(module (memory 2))')).memory.name).toBeNull()
  })

  it.each([
    ['a start function', '(module (memory 1) (func $f) (start $f))', /start function/],
    ['no memory', '(module)', /no memory/],
    ['two memories', '(module (memory 1) (memory 1))', /2 memories/],
    ['a 64-bit memory', '(module (memory i64 1))', /memory64/],
    ['a shared memory', '(module (memory 1 2 shared))', /threads/],
    ['exceptions', '(module (memory 1) (tag (param i32)))', /exception handling/],
    ['SIMD', '(module (memory 1) (func (param v128)))', /SIMD/],
    [
      'data at a place that an import decides',
      '(module (import "env" "b" (global i32)) (memory 1) (data (global.get 0) "x"))',
      /not a constant/,
    ],
  ])('refuses %s by name', (_, wat, message) => {
    expect(() => parseRuntimeBlob(assemble(wat))).toThrow(message)
  })

  it('names proposals that a node has switched off', () => {
    const blob = parseRuntimeBlob(
      assemble('(module (memory 1) (func (result i32 i32) i32.const 1 i32.const 2) (data "passive"))'),
    )
    expect(blob.proposals).toEqual(expect.arrayContaining(['multi-value', 'bulk-memory']))
  })

  it.each([
    ['another format version', '0061736d0d000100', 'BLOB_UNSUPPORTED', /0d000100/],
    ['half a header', '0061736d01', 'BLOB_TRUNCATED', /header/],
    [
      'a section past the end',
      '0061736d01000000 05ff01',
      'BLOB_TRUNCATED',
      /memory section .* claims 255 bytes/,
    ],
    ['an endless size', '0061736d01000000 05ffffffffffff', 'BLOB_MALFORMED', /32 bits/],
    ['an unknown section', '0061736d01000000 6300', 'BLOB_MALFORMED', /section id 99/],
    ['a repeated section', '0061736d01000000 0503010001 0503010001', 'BLOB_MALFORMED', /repeated/],
    [
      'four billion types in two bytes',
      '0061736d01000000 0107 ffffffff0f 6000',
      'BLOB_MALFORMED',
      /4294967295 types, limit 10000/,
    ],
    ['four billion results', '0061736d01000000 0107 0160ffffffff0f', 'BLOB_MALFORMED', /value types/],
    ['a name longer than its section', '0061736d01000000 0205 0105 656e76', 'BLOB_MALFORMED', /import/],
    ['more pages than there can be', '0061736d01000000 0505 01 00 ffff7f', 'BLOB_MALFORMED', /65536/],
  ])('refuses %s', (_, hex, code, message) => {
    const error = catchError(() => parseRuntimeBlob(hexToBytes(hex.replaceAll(' ', ''))))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })

  it('refuses a flood of empty sections, which would be gigabytes as objects', () => {
    const flood = concatBytes(
      SMALL,
      new Uint8Array(3 * 20_000).map((_, i) => (i % 3 === 1 ? 1 : 0)),
    )
    expect(() => parseRuntimeBlob(flood)).toThrow(/more than 10000 sections/)
  })

  it('throws nothing but DrydockError on any flipped byte or cut, and stays fast', () => {
    const whole = concatBytes(
      SMALL,
      customSection('runtime_version', VERSION),
      customSection('runtime_apis', APIS),
    )
    const start = performance.now()
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, mask, isCut) => {
          const damaged = isCut ? whole.slice(0, at) : whole.slice()
          if (!isCut) damaged[at] = (damaged[at] ?? 0) ^ mask
          try {
            const blob = parseRuntimeBlob(damaged)
            blob.functionName(1)
          } catch (error) {
            expect(error).toBeInstanceOf(DrydockError)
          }
        },
      ),
      { seed: 1, numRuns: 3000 },
    )
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})

function catchError(action: () => unknown): DrydockError {
  try {
    action()
  } catch (error) {
    if (error instanceof DrydockError) return error
    throw error
  }
  throw new Error('was accepted')
}
