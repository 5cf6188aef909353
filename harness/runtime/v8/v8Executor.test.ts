import { describe, expect, it } from 'vitest'
import { concatBytes, utf8ToBytes } from '../../base/bytes.ts'
import { encodeBytes, encodeUint } from '../../codec/scale.ts'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../blob/index.ts'
import type { CallOptions, Outcome } from '../executor.ts'
import { assemble } from '../host/hostScript.testkit.ts'
import { assertOk } from '../host/scriptRunner.testkit.ts'
import { V8Executor } from './v8Executor.ts'

const executor = new V8Executor({ clock: { nowMs: () => 0 } })
const empty = ChainState.fromStore(createPackedStore([]))

async function guest(body: string, declarations = ''): Promise<RuntimeBlob> {
  return parseRuntimeBlob(
    await assemble(`(module
      (import "env" "memory" (memory 3))
      (import "env" "ext_misc_runtime_version_version_1" (func $version (param i64) (result i64)))
      (import "env" "ext_storage_set_version_1" (func $set (param i64 i64)))
      (global (export "__heap_base") i32 (i32.const 131072))
      ${declarations}
      (func (export "go") (param $in i32) (param $size i32) (result i64) ${body}))`),
  )
}

interface CallParts {
  readonly input?: Uint8Array
  readonly state?: ChainState
  readonly options?: CallOptions
}

function call(
  blob: RuntimeBlob,
  { input = new Uint8Array(), state = empty, options = {} }: CallParts = {},
): Outcome {
  return executor.callSync({ blob, entryPoint: 'go', input, state, options })
}

describe('heap pages', () => {
  const pagesOf = async (value: Uint8Array | null, options: CallOptions = {}) => {
    const blob = await guest('(i32.store (i32.const 0) (memory.size)) (i64.const 0x400000000)')
    const state = ChainState.fromStore(createPackedStore(value === null ? [] : [[':heappages', value]]))
    const { output } = assertOk(call(blob, { state, options }))
    return new DataView(output.buffer, output.byteOffset).getUint32(0, true)
  }

  it("come on top of the module's own: 2048, what the state says, or the caller", async () => {
    expect(await pagesOf(null)).toBe(3 + 2048)
    expect(await pagesOf(encodeUint(64, 8))).toBe(3 + 64)
    expect(await pagesOf(encodeUint(0, 8))).toBe(3)
    expect(await pagesOf(encodeUint(64, 8), { heapPages: 10 })).toBe(3 + 10)
    expect(await pagesOf(new Uint8Array(3))).toBe(3 + 2048)
  })

  it('go up to the whole address space', async () => {
    expect(await pagesOf(encodeUint(2n ** 64n - 1n, 8))).toBe(65_536)
  })
})

describe('a runtime that asks for the version of its own code', () => {
  const version = concatBytes(
    encodeBytes(utf8ToBytes('toy')),
    encodeBytes(utf8ToBytes('toy')),
    encodeUint(0, 12),
    new Uint8Array([0]),
    encodeUint(0, 4),
    new Uint8Array([1]),
  )

  it('keeps its memory, and gets it', async () => {
    const text = [...version].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
    const blob = await guest(
      `(i64.store (i32.const 64) (i64.const 0x1122334455667788))
       (drop (call $version (i64.or (i64.extend_i32_u (local.get $in)) (i64.shl (i64.extend_i32_u (local.get $size)) (i64.const 32)))))
       (call $set (i64.const ${64n | (8n << 32n)}) (i64.const ${64n | (8n << 32n)}))
       (i64.const ${64n | (8n << 32n)})`,
      `(data (i32.const 1024) "${text}")
       (func (export "Core_version") (param i32 i32) (result i64) (i64.const ${1024n | (BigInt(version.length) << 32n)}))`,
    )
    for (let i = 0; i < 2; i++) {
      const outcome = assertOk(call(blob, { input: blob.wasm }))
      expect([...outcome.output].reverse()).toEqual([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88])
      expect(outcome.changes.size).toBe(1)
    }
  })
})

describe('countInstructions', () => {
  /** Writes a byte, then 7 instructions for each byte of its input, and 4 more. */
  const looping = () =>
    guest(`(call $set (i64.const 0x100000000) (i64.const 0x500000000))
      (block $done (loop $next
        (br_if $done (i32.eqz (local.get $size)))
        (local.set $size (i32.sub (local.get $size) (i32.const 1)))
        (br $next)))
      (if (i32.eq (local.get $in) (i32.const 0)) (then unreachable))
      (i64.const 0x400000000)`)
  const count = (blob: RuntimeBlob, length: number, options: CallOptions = {}) => {
    const input = new Uint8Array(length)
    return call(blob, { input, options: { ...options, countInstructions: true } })
  }

  it('counts for each call anew, whatever instance it runs in', async () => {
    const blob = await looping()
    const counted = (length: number, options: CallOptions = {}) =>
      count(blob, length, options).cost.instructions
    const one = (counted(1) ?? 0) - (counted(0) ?? 0)
    expect(one).toBe(8)
    expect([counted(1_000), counted(0), counted(1_000)].map((n) => (n ?? 0) - (counted(0) ?? 0))).toEqual([
      8_000, 0, 8_000,
    ])
    expect(counted(1_000, { freshInstance: true })).toBe(counted(1_000))
    expect(counted(1_000, { heapFill: 0xaa })).toBe(counted(1_000))
  })

  it('changes nothing else, and costs nothing where nobody asks', async () => {
    const blob = await looping()
    const { cost: counted, ...outcome } = assertOk(count(blob, 100))
    const { cost: plain, ...expected } = assertOk(call(blob, { input: new Uint8Array(100) }))
    expect(outcome).toEqual(expected)
    expect(plain).not.toHaveProperty('instructions')
    expect(counted).toEqual({ ...plain, instructions: counted.instructions })
  })

  it('counts what came before a trap, and begins anew after it', async () => {
    const blob = await guest(
      '(if (local.get $size) (then (call $inner))) (i64.const 0)',
      '(func $inner unreachable)',
    )
    const before = count(blob, 0).cost.instructions
    const trapped = count(blob, 1)
    expect(trapped).toMatchObject({ kind: 'panic', stack: [{ symbol: 'inner' }, { functionIndex: 3 }] })
    expect([before, trapped.cost.instructions, count(blob, 0).cost.instructions]).toEqual([3, 3, 3])
  })
})

describe('V8Executor', () => {
  it('works with more runtimes than it keeps compiled', async () => {
    const blobs = await Promise.all([0, 1, 2, 3, 4, 5].map((i) => guest(`(i64.const ${BigInt(i) << 32n})`)))
    for (const i of [0, 1, 2, 3, 4, 5, 0, 5, 1]) {
      const blob = blobs[i]
      if (blob !== undefined) expect(assertOk(call(blob)).output).toHaveLength(i)
    }
  })

  it('gives the stack of a trap by name', async () => {
    const blob = await guest('(call $inner) (i64.const 0)', '(func $inner unreachable)')
    expect(call(blob)).toMatchObject({ kind: 'panic', stack: [{ symbol: 'inner' }, { functionIndex: 3 }] })
  })

  it('counts what a call cost', async () => {
    const outcome = call(
      await guest('(call $set (i64.const 0x100000000) (i64.const 0x500000000)) (i64.const 0)'),
      {
        input: new Uint8Array(100),
      },
    )
    expect(outcome.cost).toMatchObject({ writes: 1, writtenBytes: 5, allocations: 1, heapPeakBytes: 128 + 8 })
  })

  it('takes no calls once it is closed', async () => {
    const closed = new V8Executor({ clock: { nowMs: () => 0 } })
    await closed.close()
    const request = {
      blob: await guest('(i64.const 0)'),
      entryPoint: 'go',
      input: new Uint8Array(),
      state: empty,
    }
    expect(() => closed.callSync(request)).toThrow('a call was made on a closed executor')
  })
})
