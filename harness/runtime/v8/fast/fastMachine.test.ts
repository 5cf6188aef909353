import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../../base/bytes.ts'
import { ChainState } from '../../../state/chainState.ts'
import { Overlay } from '../../../state/overlay.ts'
import { createPackedStore } from '../../../state/store/packedStore.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../blob/index.ts'
import { assemble } from '../../host/hostScript.testkit.ts'
import { createHostServices } from '../hostServices.ts'
import { V8Executor } from '../v8Executor.ts'
import { compileEdgeMap } from './buildEdgeMap.ts'
import { EDGE_MAP_WASM } from './edgeMapWasm.ts'
import { FastMachine } from './fastMachine.ts'

const state = ChainState.fromStore(createPackedStore([['k', utf8ToBytes('value')]]))
const HEAP_BASE = 65_536

function machineOf(blob: RuntimeBlob, options: Partial<ConstructorParameters<typeof FastMachine>[1]> = {}) {
  const services = createHostServices(() => null)
  return new FastMachine(blob, {
    services,
    heapPages: 32,
    fuelLimit: 1_000_000,
    records: 'edges',
    ...options,
  })
}

function run(machine: FastMachine, entryPoint: string, input = new Uint8Array()) {
  const overlay = new Overlay(state)
  return { ...machine.run({ entryPoint, input, overlay }), changes: overlay.changes() }
}

async function guest(body: string): Promise<RuntimeBlob> {
  return parseRuntimeBlob(
    await assemble(`(module
      (import "env" "memory" (memory 2))
      (import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))
      (global (export "__heap_base") i32 (i32.const ${HEAP_BASE}))
      (data (i32.const 256) "static data")
      (func (export "run") (param $at i32) (param $length i32) (result i64) ${body} (i64.const ${512n | (16n << 32n)})))`),
  )
}

describe('FastMachine', () => {
  it('has the helper that its source says', async () => {
    expect(EDGE_MAP_WASM).toBe(await compileEdgeMap())
  })

  it('gives the outputs and changes of the ordinary executor on the miniature', () => {
    const file = '../../../../scenarios/demo/runtime/blobs/v2.compact.compressed.wasm'
    const blob = parseRuntimeBlob(readFileSync(new URL(file, import.meta.url)))
    const machine = machineOf(blob, { heapPages: 2_048, fuelLimit: 2 ** 31 - 1 })
    const executor = new V8Executor({ clock: { nowMs: () => 0 } })
    const config = Uint8Array.from([8, 0x7b, 0x7d])
    const script = [
      ['Core_version', new Uint8Array()],
      ['GenesisBuilder_build_state', config],
      ['Core_initialize_block', new Uint8Array(98).fill(4, 32, 33)],
      ['AccountNonceApi_account_nonce', new Uint8Array(32)],
      ['Core_execute_block', new Uint8Array(10)],
    ] as const
    for (const [entryPoint, input] of [...script, ...script, ...script]) {
      const fast = run(machine, entryPoint, input)
      const slow = executor.callSync({
        blob,
        entryPoint,
        input,
        state,
        options: { countInstructions: true, assumedStateRoot: new Uint8Array(32), maxLogLevel: 1 },
      })
      expect(fast.failure?.kind ?? 'ok').toBe(slow.kind)
      expect(fast.fuel).toBe(slow.cost.instructions)
      expect(fast.heapPeakBytes).toBe(slow.cost.heapPeakBytes)
      if (slow.kind === 'ok') {
        expect(bytesToHex(fast.output ?? new Uint8Array())).toBe(bytesToHex(slow.output))
        expect([...fast.changes].map(([key]) => key)).toEqual([...slow.changes].map(([key]) => key))
      } else
        expect(fast.failure).toMatchObject({
          kind: 'panic',
          message: slow.kind === 'panic' ? slow.message : '',
        })
    }
  })

  it('tells new edges once, and all of them when asked', async () => {
    const machine = machineOf(await guest('(if (local.get $length) (then (nop)))'))
    const seen = new Uint8Array(Math.ceil(machine.edges / 16) * 16)
    run(machine, 'run')
    const first = machine.takeEdges(seen)
    expect(first).toEqual([0, 2])
    for (const edge of first) seen[edge] = 1
    machine.clearEdges()
    run(machine, 'run', new Uint8Array(4))
    expect([machine.takeEdges(seen), machine.takeEdges(seen, 'all')]).toEqual([[1], [0, 1]])
  })

  it('ends an endless loop, and is as new afterwards', async () => {
    const body = `(i64.store (i32.const 512) (i64.load (i32.const 256))) (i64.store (i32.const 256) (i64.const -1))
      (i64.store (i32.const 520) (i64.load (i32.const 60000))) (i64.store (i32.const 60000) (i64.const -1))
      (if (local.get $length) (then (loop $next (br $next))))`
    const machine = machineOf(await guest(body))
    const first = run(machine, 'run').output
    expect(run(machine, 'run', new Uint8Array(1)).failure).toMatchObject({ kind: 'limit', limit: 'time' })
    expect(run(machine, 'run').output).toEqual(first)
    for (let i = 0; i < 300; i++) expect(run(machine, 'run').output).toEqual(first)
  })

  it('ends a call whose heap would reach the maps as out of memory, and none below', async () => {
    // 18 pages; the maps take a 19th, into which 1 MiB and 64 KiB over the heap base reach by 16 bytes.
    const body = `(drop (call $malloc (i32.const 1048576)))
      (if (i32.eq (local.get $length) (i32.const 4)) (then (drop (call $malloc (i32.const 65536)))))`
    const machine = machineOf(await guest(body), { heapPages: 16 })
    expect(run(machine, 'run', new Uint8Array(1)).failure).toBeNull()
    expect(run(machine, 'run', new Uint8Array(4)).failure).toMatchObject({ kind: 'limit', limit: 'memory' })
    expect(run(machine, 'run', new Uint8Array(1)).failure).toBeNull()
  })

  it('tells operands of comparisons that differ', async () => {
    const body = '(if (i32.eq (local.get $length) (i32.const 7777)) (then unreachable))'
    const machine = machineOf(await guest(body), { records: 'comparisons' })
    run(machine, 'run', new Uint8Array(3))
    expect(machine.takeComparisons()).toEqual([[3n, 7_777n]])
    expect(machine.takeComparisons()).toEqual([])
  })
})
