import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { parseRuntimeBlob } from '../blob/index.ts'
import type { CallOptions } from '../executor.ts'
import { V8Executor } from './v8Executor.ts'

const tools = await wabt()

/** Answers with eight bytes that it allocated and never wrote. */
const CARELESS = `(module
  (import "env" "memory" (memory 17))
  (import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))
  (global (export "__heap_base") i32 (i32.const 1048576))
  (func (export "Careless_answer") (param i32 i32) (result i64)
    (i64.or (i64.extend_i32_u (call $malloc (i32.const 8))) (i64.const 0x800000000))))`

const blob = parseRuntimeBlob(tools.parseWat('careless.wat', CARELESS).toBinary({}).buffer)
const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
const state = ChainState.fromStore(createPackedStore([]))

async function answer(options: CallOptions): Promise<number[]> {
  const request = { blob, entryPoint: 'Careless_answer', input: new Uint8Array(), state, options }
  const outcome = await executor.call(request)
  if (outcome.kind !== 'ok') throw new Error(outcome.kind)
  return [...outcome.output]
}

describe('heapFill', () => {
  it('shows what a runtime reads without having written it', async () => {
    expect(await answer({ heapFill: 0xa5 })).toEqual(Array(8).fill(0xa5))
  })

  it('is gone for the next call', async () => {
    await answer({ heapFill: 0xa5 })
    expect(await answer({})).toEqual(Array(8).fill(0))
  })
})
