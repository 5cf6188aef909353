import { afterEach, describe, expect, it } from 'vitest'
import loadWabt from 'wabt'
import { bytesToHex, concatBytes, utf8ToBytes } from '../../harness/base/bytes.ts'
import { encodeBytes, encodeCompact, encodeUint } from '../../harness/codec/scale.ts'
import { parseRuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import { createPackedStore } from '../../harness/state/store/packedStore.ts'
import { renderInspection } from '../../reports/index.ts'
import { inspectRuntime } from './inspectRuntime.ts'

const CORE_ID = new Uint8Array([0xdf, 0x6a, 0xcb, 0x68, 0x99, 0x07, 0x60, 0x9b])
const UNNAMED_ID = new Uint8Array(8).fill(0xee)

const VERSION = concatBytes(
  encodeBytes(utf8ToBytes('tiny\u001b[2J')),
  encodeBytes(utf8ToBytes('tiny-impl')),
  ...[1, 7, 2].map((value) => encodeUint(value, 4)),
  encodeCompact(2),
  concatBytes(CORE_ID, encodeUint(4, 4), UNNAMED_ID, encodeUint(1, 4)),
  encodeUint(3, 4),
  new Uint8Array([1]),
)

/** A runtime that answers its version, panics for metadata, has a float, and imports a function that nobody has. */
const SOURCE = `(module
  (import "env" "memory" (memory 2))
  (import "env" "ext_storage_get_version_1" (func (param i64) (result i64)))
  (import "env" "ext_nobody_knows_version_1" (func (param i32)))
  (global (export "__heap_base") i32 (i32.const 4096))
  (data (i32.const 64) "${[...VERSION].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}")
  (func (export "Core_version") (param i32 i32) (result i64)
    (i64.or (i64.const 64) (i64.shl (i64.const ${VERSION.length}) (i64.const 32))))
  (func (export "Metadata_metadata") (param i32 i32) (result i64) unreachable)
  (func $floats (param f64) (result f64) (f64.add (local.get 0) (f64.const 1))))`

const executors: V8Executor[] = []
afterEach(async () => {
  await Promise.all(executors.splice(0).map((executor) => executor.close()))
})

async function inspect(source: string) {
  const wabt = await loadWabt()
  const module = wabt.parseWat('tiny.wat', source)
  const wasm = module.toBinary({ write_debug_names: true }).buffer
  module.destroy()
  const executor = new V8Executor({ clock: { nowMs: () => 0 } })
  executors.push(executor)
  const state = ChainState.fromStore(createPackedStore([]))
  return inspectRuntime({
    source: 'tiny.wasm',
    blob: parseRuntimeBlob(wasm),
    executor,
    state,
    deadlineMs: 1_000,
  })
}

describe('inspectRuntime', () => {
  it('says what the file is, asks the runtime for what the file does not say, and lists what it could not find out', async () => {
    const inspection = await inspect(SOURCE)
    expect(inspection).toMatchObject({
      compression: 'none',
      version: {
        specName: 'tiny\u001b[2J',
        specVersion: 7,
        implVersion: 2,
        transactionVersion: 3,
        stateVersion: 1,
      },
      versionFrom: 'Core_version',
      metadataVersion: null,
      proposals: [],
      apis: [
        { id: bytesToHex(CORE_ID), name: 'Core', version: 4 },
        { id: bytesToHex(UNNAMED_ID), name: null, version: 1 },
      ],
      entryPoints: ['Core_version', 'Metadata_metadata'],
      memory: { source: 'import', minPages: 2, maxPages: null },
      heapBase: 4096,
      hasNameSection: true,
      floatInstructions: { count: 2, functions: ['floats'] },
    })
    expect(inspection.imports.map(({ name, isKnown }) => [name, isKnown])).toEqual([
      ['memory', true],
      ['ext_storage_get_version_1', true],
      ['ext_nobody_knows_version_1', false],
    ])
    expect(inspection.problems).toHaveLength(1)
    expect(inspection.problems[0]).toMatch(/^Metadata_metadata: the runtime panicked/)
  })

  it('is drawn with hostile names inert', async () => {
    const text = renderInspection(await inspect(SOURCE))
    expect(text).toMatch(/^tiny\\x1b\[2J 7 {2}tiny\.wasm\n/)
    expect(text).toContain('unknown  env.ext_nobody_knows_version_1')
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('reports a runtime that does not answer at all', async () => {
    const inspection = await inspect(
      '(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 16)))',
    )
    expect(inspection).toMatchObject({
      version: null,
      versionFrom: null,
      apis: [],
      entryPoints: [],
      proposals: [],
    })
    expect(inspection.problems[0]).toMatch(/^Core_version: /)
    expect(renderInspection(inspection)).toContain('Not found out')
  })
})
