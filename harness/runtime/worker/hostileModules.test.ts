import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DrydockError } from '../../base/errors.ts'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../blob/index.ts'
import type { CallOptions, Outcome } from '../executor.ts'
import { assemble } from '../host/hostScript.testkit.ts'
import { WorkerExecutor } from './workerExecutor.ts'

const DEADLINE_MS = 2000
const state = ChainState.fromStore(createPackedStore([]))
const executor = new WorkerExecutor({ clock: { nowMs: () => performance.now() }, deadlineMs: DEADLINE_MS })
let sound: RuntimeBlob

beforeAll(async () => {
  sound = await guest({ body: '(i64.const 0)' })
  expect((await call(sound)).kind).toBe('ok')
})
afterAll(() => executor.close())

interface Guest {
  readonly memory?: string
  readonly heapBase?: string
  readonly declarations?: string
  readonly signature?: string
  readonly body?: string
}

/** A runtime of one entry point, `go`. */
async function guest(parts: Guest): Promise<RuntimeBlob> {
  const {
    memory = '(import "env" "memory" (memory 17))',
    heapBase = '(global (export "__heap_base") i32 (i32.const 1048576))',
    declarations = '',
    signature = '(param i32 i32) (result i64)',
    body = '(i64.const 0)',
  } = parts
  return parseRuntimeBlob(
    await assemble(
      `(module ${memory} ${declarations} ${heapBase} (func $go (export "go") ${signature} ${body}))`,
    ),
  )
}

function call(blob: RuntimeBlob, options: CallOptions = {}, entryPoint = 'go'): Promise<Outcome> {
  return executor.call({ blob, entryPoint, input: new Uint8Array(), state, options })
}

/** The outcome of a hostile call, once it is seen to have come in time and to have spoilt nothing. */
async function survive(blob: RuntimeBlob, options: CallOptions = {}, entryPoint = 'go'): Promise<Outcome> {
  const start = performance.now()
  const outcome = await call(blob, options, entryPoint)
  expect(performance.now() - start).toBeLessThan((options.deadlineMs ?? DEADLINE_MS) + 3000)
  expect((await call(sound)).kind).toBe('ok')
  return outcome
}

const GROW = '(import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))'
const SET = '(import "env" "ext_storage_set_version_1" (func $set (param i64 i64)))'
const START = '(import "env" "ext_storage_start_transaction_version_1" (func $start))'
const LOG = '(import "env" "ext_logging_log_version_1" (func $log (param i32 i64 i64)))'
const CLEAR = '(import "env" "ext_storage_clear_version_1" (func $clear (param i64)))'
/** Another key of 8 bytes or more at address 0. */
const NEXT = '(i64.store (i32.const 0) (i64.add (i64.load (i32.const 0)) (i64.const 1)))'
const ENDLESS: CallOptions = { deadlineMs: 300 }

describe('a hostile runtime', () => {
  it.each([
    ['a loop', '', '(loop $l (br $l)) (i64.const 0)'],
    ['a loop of memory.grow', '', '(loop $l (drop (memory.grow (i32.const 1))) (br $l)) (i64.const 0)'],
    ['a loop of host calls', SET, '(loop $l (call $set (i64.const 0) (i64.const 0)) (br $l)) (i64.const 0)'],
    [
      'a loop of logs',
      LOG,
      `(loop $l (call $log (i32.const 0) (i64.const 0) (i64.const ${1_000_000n << 32n})) (br $l)) (i64.const 0)`,
    ],
  ])('that runs without end in %s ends at its deadline', async (_, imports, body) => {
    const outcome = await survive(await guest({ declarations: imports, body }), ENDLESS)
    expect(outcome).toMatchObject({
      kind: 'limit',
      limit: 'time',
      message: 'the call did not finish within 300 ms',
    })
  })

  it('that writes without end meets the limit of memory', async () => {
    const body = `(loop $l (call $set (i64.const 0) (i64.const ${1_000_000n << 32n})) (br $l)) (i64.const 0)`
    const outcome = await survive(await guest({ declarations: SET, body }), { deadlineMs: 20_000 })
    expect(outcome).toMatchObject({ kind: 'limit', limit: 'memory' })
  })

  it.each([
    ['new keys', SET, `${NEXT} (call $set (i64.const ${8n << 32n}) (i64.const 0))`],
    ['deleted keys', CLEAR, `${NEXT} (call $clear (i64.const ${8n << 32n}))`],
    ['long keys', SET, `${NEXT} (call $set (i64.const ${1_000_000n << 32n}) (i64.const 0))`],
    ['former values', SET + START, `(call $start) (call $set (i64.const ${8n << 32n}) (i64.const 0))`],
    ['transactions', START, '(call $start)'],
  ])('that keeps %s without end is stopped before V8 ends the process', async (_, declarations, step) => {
    const small = new WorkerExecutor({ clock: { nowMs: () => performance.now() }, heapMb: 64 })
    const request = { entryPoint: 'go', input: new Uint8Array(), state, options: { deadlineMs: 30_000 } }
    const blob = await guest({ declarations, body: `(loop $l ${step} (br $l)) (i64.const 0)` })
    expect(await small.call({ blob, ...request })).toMatchObject({
      kind: 'limit',
      limit: 'memory',
      message: expect.stringMatching(/^the changes of the call take more than \d+ bytes to keep$/),
    })
    expect((await small.call({ blob: sound, ...request })).kind).toBe('ok')
    await small.close()
  })

  it('that allocates without end runs out of heap', async () => {
    const body = '(loop $l (drop (call $malloc (i32.const 1000000))) (br $l)) (i64.const 0)'
    expect(await survive(await guest({ declarations: GROW, body }))).toMatchObject({
      kind: 'limit',
      limit: 'memory',
      message: 'Failed to allocate memory: allocator ran out of space',
    })
  })

  it('that allocates more than 32 MiB at once is refused', async () => {
    const blob = await guest({
      declarations: GROW,
      body: '(drop (call $malloc (i32.const 33554433))) (i64.const 0)',
    })
    expect(await survive(blob)).toMatchObject({ kind: 'limit', limit: 'memory' })
  })

  it('that calls itself without end meets the limit of the stack', async () => {
    const plain = await guest({ body: '(call $go (local.get 0) (local.get 1))' })
    expect(await survive(plain)).toMatchObject({ kind: 'limit', limit: 'stack' })
    const withHost = await guest({
      declarations: SET,
      body: '(call $set (i64.const 0) (i64.const 0)) (call $go (local.get 0) (local.get 1))',
    })
    expect(await survive(withHost)).toMatchObject({ kind: 'limit', limit: 'stack' })
  })

  it.each([
    ['4 GiB at the least', '(import "env" "memory" (memory 65536))'],
    ['4 GiB of its own', '(memory (export "memory") 65536)'],
  ])('with a memory of %s runs or is told why not', async (_, memory) => {
    const outcome = await survive(await guest({ memory }))
    expect(['ok', 'limit']).toContain(outcome.kind)
  })

  it('with a table of ten million runs, and with more is refused', async () => {
    const large = await survive(await guest({ declarations: '(table 9999999 funcref)' }))
    expect(['ok', 'limit']).toContain(large.kind)
    const larger = await survive(await guest({ declarations: '(table 4000000000 funcref)' }))
    expect(larger).toMatchObject({ kind: 'invalid' })
  })

  it('without imports runs', async () => {
    expect(await survive(await guest({ memory: '(memory 17)' }))).toMatchObject({ kind: 'ok' })
  })

  it('without a heap base is refused', async () => {
    expect(await survive(await guest({ heapBase: '' }))).toMatchObject({
      kind: 'invalid',
      message: 'the module does not export the global __heap_base',
    })
  })

  it('with a heap base past its memory is refused', async () => {
    const heapBase = '(global (export "__heap_base") i32 (i32.const -16))'
    expect(await survive(await guest({ heapBase }))).toMatchObject({ kind: 'invalid' })
  })

  it('with a start function is refused before it runs', async () => {
    const parts = { declarations: '(start $s) (func $s (loop $l (br $l)))' }
    await expect(guest(parts)).rejects.toThrow('a start function')
  })

  it.each([
    ['(param i64) (result i64)', '(i64.const 0)'],
    ['(param i32 i32)', ''],
    ['(param i32 i32 i32) (result i64)', '(i64.const 0)'],
    ['(param i32 i32) (result i32)', '(i32.const 0)'],
  ])('whose entry point is %s is refused', async (signature, body) => {
    const outcome = await survive(await guest({ signature, body }))
    expect(outcome).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('go is not an entry point'),
    })
  })

  it('without the entry point is refused', async () => {
    const outcome = await survive(sound, {}, 'constructor')
    expect(outcome).toMatchObject({ kind: 'invalid', message: 'the runtime exports no function constructor' })
  })

  it.each([
    ['past its memory', -1n],
    ['that ends past its memory', BigInt.asIntN(64, 0x7fff_ffff_0000_0000n | 8n)],
  ])('that returns a range %s panics', async (_, value) => {
    expect(await survive(await guest({ body: `(i64.const ${value})` }))).toMatchObject({
      kind: 'panic',
      message: expect.stringMatching(/^go returned bytes \d+\+\d+ outside the memory of \d+ bytes$/),
    })
  })

  it('that returns an empty range anywhere returns nothing', async () => {
    const outcome = await survive(await guest({ body: '(i64.const 0xffffffff)' }))
    expect(outcome).toMatchObject({ kind: 'ok', output: new Uint8Array() })
  })

  it('with data past its memory is refused', async () => {
    const blob = await guest({ declarations: '(data (i32.const -8) "past the end")' })
    expect(await survive(blob, { heapPages: 10 })).toMatchObject({ kind: 'invalid' })
  })

  it('that traps does so by name', async () => {
    const traps = {
      '(i64.div_u (i64.const 1) (i64.const 0))': 'divide by zero',
      '(i64.load (i32.const -1))': 'memory access out of bounds',
      unreachable: 'unreachable',
      '(call_indirect (param i32 i32) (result i64) (i32.const 0) (i32.const 0) (i32.const 0))':
        /null function|signature mismatch/,
    }
    for (const [body, trap] of Object.entries(traps)) {
      const outcome = await survive(await guest({ declarations: '(table 1 funcref)', body }))
      expect(outcome).toMatchObject({ kind: 'panic', message: expect.stringMatching(trap) })
    }
  })

  it('that V8 refuses is invalid', async () => {
    const wasm = (await guest({ body: '(i64.const 0)' })).wasm.slice()
    wasm[wasm.lastIndexOf(0x42)] = 0x41
    expect(await survive(parseRuntimeBlob(wasm))).toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/^V8 refuses the module: /),
    })
  })

  it('that would take very long to compile is refused', async () => {
    const locals = `(local ${'i64 '.repeat(40_000)})`
    const block = '(block (br_if 0 (local.get 0)) (local.set 39999 (i64.const 1)))'
    const outcome = await survive(await guest({ body: `${locals} ${block.repeat(15_000)} (i64.const 0)` }))
    expect(outcome).toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(
        /^function 0 would take too long to compile: 40000 locals times \d+ bytes/,
      ),
    })
  })
})

describe('a damaged runtime', () => {
  const file = '../../../scenarios/demo/runtime/blobs/v1.compact.compressed.wasm'
  const submitted = readFileSync(new URL(file, import.meta.url))
  const whole = parseRuntimeBlob(submitted)

  it('that was cut off anywhere is refused, or ends in a named outcome', async () => {
    const random = generator(7)
    const offsets = Array.from({ length: 60 }, () => random(whole.wasm.length))
    for (const offset of [0, 1, 7, 8, 9, ...offsets]) await attempt(whole.wasm.slice(0, offset))
    for (const offset of offsets.slice(0, 20)) await attempt(submitted.subarray(0, offset % submitted.length))
    expect((await call(sound)).kind).toBe('ok')
  })

  it('with one of 1,000 bytes changed is refused, or ends in a named outcome', async () => {
    const random = generator(1)
    const kinds = new Map<string, number>()
    for (let i = 0; i < 1000; i++) {
      const wasm = whole.wasm.slice()
      // Every fourth one among types and imports, the rest anywhere.
      const at = random(i % 4 === 0 ? 6000 : wasm.length)
      wasm[at] = (wasm[at] ?? 0) ^ (1 + random(255))
      const kind = await attempt(wasm)
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
    const named = ['invalid', 'limit', 'missingHostFunction', 'ok', 'panic', 'refused']
    expect([...kinds.keys()].filter((kind) => !named.includes(kind))).toEqual([])
    expect([...kinds.keys()]).toEqual(expect.arrayContaining(['invalid', 'ok', 'refused']))
    expect((await call(sound)).kind).toBe('ok')
  }, 60_000)

  /** `refused` when it can't be read; else the kind of the outcome of `Core_version`. Throws on anything without a name. */
  async function attempt(wasm: Uint8Array): Promise<string> {
    try {
      return (await call(parseRuntimeBlob(wasm), { heapPages: 64 }, 'Core_version')).kind
    } catch (error) {
      if (error instanceof DrydockError && error.kind === 'usage') return 'refused'
      throw error
    }
  }
})

/** Whole numbers below a bound, the same for the same seed (xorshift32). */
function generator(seed: number): (below: number) => number {
  let word = seed
  return (below) => {
    word ^= word << 13
    word ^= word >>> 17
    word ^= word << 5
    return (word >>> 0) % below
  }
}
