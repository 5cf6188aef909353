import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { encodeBytes, encodeOptionBytes } from '../../codec/scale.ts'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../blob/index.ts'
import type { Outcome } from '../executor.ts'
import { assemble } from '../host/hostScript.testkit.ts'
import { V8Executor } from './v8Executor.ts'

const state = ChainState.fromStore(createPackedStore([['k', utf8ToBytes('value')]]))
const input = new Uint8Array([1, 2, 3, 4])
const PAGE = 65_536

/** Each call returns 64 bytes from 512, which `body` fills, and spoils what it can on its way. */
async function guest(declarations: string, body: string): Promise<RuntimeBlob> {
  return parseRuntimeBlob(
    await assemble(`(module
      (import "env" "memory" (memory 4))
      (import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))
      (import "env" "ext_storage_get_version_1" (func $get (param i64) (result i64)))
      (global (export "__heap_base") i32 (i32.const ${PAGE}))
      (data (i32.const 256) "static data")
      ${declarations}
      (func (export "trap") (param i32 i32) (result i64) (drop (call $spoil (i32.const 0) (i32.const 0))) unreachable)
      (func $spoil (export "spoil") (param i32 i32) (result i64)
        ${body}
        (i64.const ${512n | (64n << 32n)})))`),
  )
}

const STORE = (at: number, value: string) => `(i64.store (i32.const ${at}) ${value})`

const GUESTS: Readonly<Record<string, readonly [declarations: string, body: string]>> = {
  'static data': [
    '',
    `(i64.store (i32.const 512) (i64.load (i32.const 256))) ${STORE(256, '(i64.const -1)')}
     (i64.store (i32.const 520) (i64.load (i32.const 8))) ${STORE(8, '(i64.const -1)')}
     (i64.store (i32.const 528) (i64.load (i32.const 528)))`,
  ],
  'the stack, up to the heap base': [
    '',
    `(i64.store (i32.const 512) (i64.load (i32.const ${PAGE - 8}))) ${STORE(PAGE - 8, '(i64.const -1)')}`,
  ],
  'what it allocated': [
    '(global $chunk (mut i32) (i32.const 0))',
    `(global.set $chunk (call $malloc (i32.const 100)))
     (i64.store (i32.const 512) (i64.load (global.get $chunk)))
     (i64.store offset=92 (global.get $chunk) (i64.const -1))
     (i64.store (global.get $chunk) (i64.const -1))
     (i32.store (i32.const 520) (global.get $chunk))`,
  ],
  globals: [
    `(global $i (mut i32) (i32.const 7)) (global $j (mut i64) (i64.const -7))
     (global $f (mut f32) (f32.const 1.5)) (global $d (mut f64) (f64.const -0.0))
     (global $exported (export "exported") (mut i32) (i32.const 9))`,
    `(i32.store (i32.const 512) (global.get $i)) (i64.store (i32.const 520) (global.get $j))
     (f32.store (i32.const 528) (global.get $f)) (f64.store (i32.const 536) (global.get $d))
     (i32.store (i32.const 544) (global.get $exported))
     (global.set $i (i32.const -1)) (global.set $j (i64.const -1)) (global.set $f (f32.const nan))
     (global.set $d (f64.const inf)) (global.set $exported (i32.const -1))`,
  ],
  'a global that starts as a NaN with a payload': [
    '(global $d (mut f64) (f64.const nan:0x4000000000001))',
    `(f64.store (i32.const 512) (global.get $d)) (global.set $d (f64.const 1))`,
  ],
  'a global of a reference': [
    '(func $a) (elem declare func $a) (global $r (mut funcref) (ref.func $a))',
    `(i32.store (i32.const 512) (ref.is_null (global.get $r))) (global.set $r (ref.null func))`,
  ],
  'table.set': [
    '(table $t 2 funcref) (func $f) (elem (i32.const 1) $f)',
    `(i32.store (i32.const 512) (ref.is_null (table.get $t (i32.const 0))))
     (table.set $t (i32.const 0) (table.get $t (i32.const 1)))
     (i32.store (i32.const 516) (ref.is_null (table.get $t (i32.const 0))))`,
  ],
  'table.grow': [
    '(table $t 2 funcref)',
    `(i32.store (i32.const 512) (table.size $t)) (drop (table.grow $t (ref.null func) (i32.const 1)))`,
  ],
  'elem.drop and table.init': [
    '(table $t 2 funcref) (func $f) (elem $e func $f)',
    `(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)`,
  ],
  'data.drop and memory.init': [
    '(data $d "passive!")',
    `(memory.init $d (i32.const 512) (i32.const 0) (i32.const 8)) (data.drop $d)`,
  ],
  'data past the heap base': [
    `(data (i32.const ${PAGE + 64}) "past the heap base")`,
    `(i64.store (i32.const 512) (i64.load (i32.const ${PAGE + 64}))) (drop (call $malloc (i32.const 1000)))`,
  ],
  'memory.grow': [
    '',
    `(i32.store (i32.const 512) (memory.size)) (i32.store (i32.const 516) (memory.grow (i32.const 1)))`,
  ],
  'keys that it read': [
    '',
    `(i32.store8 (i32.const 600) (i32.const 0x6b))
     (i64.store (i32.const 512) (call $get (i64.const ${600n | (1n << 32n)})))`,
  ],
}

describe('an instance that is used again', () => {
  it.each(Object.keys(GUESTS))('shows nothing of what a call did to %s', async (what) => {
    const [declarations, body] = GUESTS[what] ?? ['', '']
    const blob = await guest(declarations, body)
    const executor = new V8Executor({ clock: { nowMs: () => 0 } })
    const call = (entryPoint: string, freshInstance = false) => {
      return executor.callSync({ blob, entryPoint, input, state, options: { freshInstance } })
    }
    const first = call('spoil')
    expect(first.kind).toBe('ok')
    const later = ['spoil', 'trap', 'spoil', 'spoil'].map((name) => call(name))
    expect(later.map((outcome) => outcome.kind)).toEqual(['ok', 'panic', 'ok', 'ok'])
    for (const outcome of [later[0], later[2], later[3], call('spoil', true)]) expect(outcome).toEqual(first)
  })
})

describe('the miniature runtime', () => {
  const executor = new V8Executor({ clock: { nowMs: () => 0 } })
  let blobs: readonly RuntimeBlob[]
  let genesis: ChainState
  let config: Uint8Array

  beforeAll(() => {
    blobs = ['v1', 'v2'].map(miniature)
    const empty = ChainState.fromStore(createPackedStore([]))
    const ask = (entryPoint: string, bytes: Uint8Array) => {
      const [blob] = blobs
      if (blob === undefined) throw new Error('no blob')
      const outcome = executor.callSync({ blob, entryPoint, input: bytes, state: empty })
      if (outcome.kind !== 'ok') throw new Error(`${entryPoint}: ${outcome.kind}`)
      return outcome
    }
    const preset = ask('GenesisBuilder_get_preset', encodeOptionBytes(utf8ToBytes('development'))).output
    config = encodeBytes(
      preset.subarray(preset[1] === undefined || (preset[1] & 3) === 0 ? 2 : (preset[1] & 3) === 1 ? 3 : 5),
    )
    const built = ask('GenesisBuilder_build_state', config).changes
    genesis = empty.with(built).seal()
  })

  it('answers a sequence of calls as it does when each has a new instance', () => {
    const calls: readonly (readonly [string, Uint8Array])[] = [
      ['Core_version', new Uint8Array()],
      ['Metadata_metadata', new Uint8Array()],
      ['Metadata_metadata_at_version', new Uint8Array([15, 0, 0, 0])],
      ['GenesisBuilder_preset_names', new Uint8Array()],
      ['GenesisBuilder_get_preset', new Uint8Array([0])],
      ['GenesisBuilder_build_state', encodeBytes(utf8ToBytes('{}'))],
      ['Core_initialize_block', header()],
      ['Core_initialize_block', header().subarray(0, 40)],
      ['Core_execute_block', header()],
      ['BlockBuilder_finalize_block', new Uint8Array()],
      ['AccountNonceApi_account_nonce', new Uint8Array(32)],
      ['no such entry point', new Uint8Array()],
    ]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1), fc.constantFrom(...calls)), { minLength: 1, maxLength: 8 }),
        (script) => {
          const run = (freshInstance: boolean) =>
            script.map(([which, [entryPoint, bytes]]) => {
              const blob = blobs[which]
              if (blob === undefined) throw new Error('no blob')
              return plain(
                executor.callSync({
                  blob,
                  entryPoint,
                  input: bytes,
                  state: genesis,
                  options: { freshInstance },
                }),
              )
            })
          expect(run(false)).toEqual(run(true))
        },
      ),
      { seed: 1, numRuns: 25 },
    )
  })

  it('builds the same genesis again and again', () => {
    const [blob] = blobs
    if (blob === undefined) throw new Error('no blob')
    const build = () =>
      plain(
        executor.callSync({ blob, entryPoint: 'GenesisBuilder_build_state', input: config, state: genesis }),
      )
    const first = build()
    expect(first['kind']).toBe('ok')
    expect([build(), build()]).toEqual([first, first])
  })
})

function miniature(name: string): RuntimeBlob {
  const file = `../../../scenarios/demo/runtime/blobs/${name}.compact.compressed.wasm`
  return parseRuntimeBlob(readFileSync(new URL(file, import.meta.url)))
}

/** A header of block 1 without a digest. */
function header(): Uint8Array {
  const bytes = new Uint8Array(32 + 1 + 64 + 1)
  bytes[32] = 4
  return bytes
}

/** All of an outcome but its time and its trie; values as text, since comparing arrays of bytes is slow. */
function plain(outcome: Outcome): Readonly<Record<string, unknown>> {
  if (outcome.kind !== 'ok') return { ...outcome }
  const { trie, changes, output, ...rest } = outcome
  return {
    ...rest,
    root: trie === undefined ? null : bytesToHex(trie.rootHash),
    output: bytesToHex(output),
    changes: [...changes].map(([key, value]) => [key, value && bytesToHex(value)]),
  }
}
