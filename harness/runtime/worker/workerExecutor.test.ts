import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../blob/index.ts'
import type { CallOptions, CallRequest, OkOutcome, Outcome } from '../executor.ts'
import { assemble, HostScript, readScriptOutput, scriptGuestWat } from '../host/hostScript.testkit.ts'
import { assertOk } from '../host/scriptRunner.testkit.ts'
import { V8Executor } from '../v8/v8Executor.ts'
import { WorkerExecutor } from './workerExecutor.ts'

const clock = { nowMs: () => performance.now() }
const v8 = new V8Executor({ clock })
const open: WorkerExecutor[] = []
let blob: RuntimeBlob
let endless: RuntimeBlob
let shared: WorkerExecutor

beforeAll(async () => {
  blob = parseRuntimeBlob(await assemble(scriptGuestWat()))
  endless = parseRuntimeBlob(await assemble(small('(loop $l (br $l)) (i64.const 0)')))
  shared = create()
})
afterAll(() => Promise.all(open.map((executor) => executor.close())))

function create(options: { deadlineMs?: number } = {}): WorkerExecutor {
  const executor = new WorkerExecutor({ clock, ...options })
  open.push(executor)
  return executor
}

function small(body: string): string {
  return `(module (import "env" "memory" (memory 1)) (global (export "__heap_base") i32 (i32.const 1024))
    (func (export "run") (param i32 i32) (result i64) ${body}))`
}

function stateOf(entries: Readonly<Record<string, string>>): ChainState {
  return ChainState.fromStore(
    createPackedStore(Object.entries(entries).map(([key, value]) => [key, utf8ToBytes(value)])),
  )
}

/** Appends one byte to `log`, and answers what `log` holds then and the state root. */
function append(state: ChainState, byte: number, options: CallOptions = {}): CallRequest {
  const script = new HostScript()
    .call('storage_append_version_1', [utf8ToBytes('log'), new Uint8Array([byte])])
    .call('storage_get_version_1', [utf8ToBytes('log')])
    .call('storage_next_key_version_1', [utf8ToBytes('log')])
    // Tells keys of the block from those before it.
    .call('storage_clear_prefix_version_2', [utf8ToBytes('o'), new Uint8Array([1, 0, 0, 0, 0])])
  if (byte % 3 === 0) script.call('storage_root_version_2', [0])
  return { blob, entryPoint: 'run', input: script.toInput(), state, options }
}

/** All of an outcome but its time and its trie, which does not travel. */
function plain(outcome: Outcome): unknown {
  const { cost, ...rest } = outcome
  const counters = { ...cost, wallMs: 0 }
  if (rest.kind !== 'ok') return { ...rest, counters }
  const { trie: _, changes, output, ...others } = rest
  const entries = [...changes].map(([key, value]) => [key, value && bytesToHex(value)])
  return { ...others, counters, output: bytesToHex(output), changes: entries }
}

async function both(request: CallRequest): Promise<OkOutcome> {
  const outcome = await shared.call(request)
  expect(plain(outcome)).toEqual(plain(v8.callSync(request)))
  return assertOk(outcome)
}

describe('WorkerExecutor', () => {
  it('answers as the executor in this thread does, along a chain longer than what a worker keeps', async () => {
    let state = stateOf({ m: 'x', z: 'y' })
    const states = [state]
    for (let i = 0; i < 300; i++) {
      const { changes } = await both(append(state, i % 256))
      state = state.with(changes)
      if (i % 5 === 4) state = state.seal()
      states.push(state)
    }
    for (const past of [0, 299, 1, 150, 40, 298].map((i) => states[i])) {
      if (past !== undefined) await both(append(past, 9))
    }
    expect(state.get('log')).toHaveLength(302)
  }, 20_000)

  it('takes changes that no call made, deleted keys and child tries', async () => {
    const base = stateOf({ log: '\x04a', n: 'x' })
    const made = base.with(
      new Map<string, Uint8Array | null>([
        ['n', null],
        ['o', new Uint8Array([1])],
        ['\u0100child\u0100key', new Uint8Array([2])],
      ]),
    )
    const unseen = base.with(new Map([['o', new Uint8Array()]])).seal()
    const open = base.with(new Map([['p', new Uint8Array()]]))
    for (const state of [made, made.seal(), unseen, open]) await both(append(state, 3))
  })

  it('knows the changes of a call again after a hundred others', async () => {
    const base = stateOf({ m: 'x' })
    const first = await both(append(base, 1))
    for (let i = 0; i < 100; i++) await both(append(base, i))
    await both(append(base.with(first.changes), 2))
    await both(append(base.with(first.changes).seal(), 3))
  })

  it('brings a long chain of states to a worker that has none of them', async () => {
    let state = stateOf({ m: 'x' })
    for (let i = 0; i < 4000; i++) {
      state = state.with(new Map([[`k${i % 50}`, new Uint8Array([i & 255])]])).seal()
    }
    await both(append(state, 1))
  })

  it('holds many runtimes in turn', async () => {
    const blobs = await Promise.all(
      Array.from({ length: 20 }, async (_, i) =>
        parseRuntimeBlob(await assemble(small(`(i64.const ${BigInt(i) << 32n})`))),
      ),
    )
    for (const i of [...blobs.keys(), 0, 19, 3]) {
      const one = blobs[i]
      if (one === undefined) continue
      const request = { blob: one, entryPoint: 'run', input: new Uint8Array(), state: stateOf({}) }
      expect(assertOk(await shared.call(request)).output).toHaveLength(i)
    }
  })

  it('passes options on', async () => {
    const script = new HostScript()
      .call('storage_root_version_1')
      .call('storage_proof_size_storage_proof_size_version_1')
      .call('logging_max_level_version_1')
    const options = { assumedStateRoot: new Uint8Array(32).fill(7), storageProofSize: 5n, maxLogLevel: 2 }
    const request = { blob, entryPoint: 'run', input: script.toInput(), state: stateOf({}), options }
    expect(readScriptOutput((await both(request)).output).map(bytesToHex)).toEqual([
      `0x${'07'.repeat(32)}`,
      '0x0500000000000000',
      '0x02000000',
    ])
  })

  it('hands back panics and limits as they are', async () => {
    const script = new HostScript().call('storage_commit_transaction_version_1')
    const request = { blob, entryPoint: 'run', input: script.toInput(), state: stateOf({}) }
    const outcome = await shared.call(request)
    expect(outcome).toMatchObject({ kind: 'panic', message: 'No open transaction that can be committed.' })
    expect(plain(outcome)).toEqual(plain(v8.callSync(request)))
  })
})

describe('deadlines', () => {
  it('end a call, and the next one finds its states in a new thread', async () => {
    const executor = create({ deadlineMs: 200 })
    const base = stateOf({ m: 'x' })
    const first = assertOk(await executor.call(append(base, 1, { deadlineMs: 5000 })))
    const next = base.with(first.changes)
    const stuck = await executor.call({
      blob: endless,
      entryPoint: 'run',
      input: new Uint8Array(),
      state: next,
    })
    expect(stuck).toMatchObject({ kind: 'limit', limit: 'time', entryPoint: 'run' })
    expect(stuck.cost.wallMs).toBeGreaterThanOrEqual(199)
    const request = append(next.seal(), 2, { deadlineMs: 5000 })
    expect(plain(await executor.call(request))).toEqual(plain(v8.callSync(request)))
  })

  it('do not count the start of a thread', async () => {
    const executor = create()
    const request = { blob: parseRuntimeBlob(await assemble(small('(i64.const 0)'))), entryPoint: 'run' }
    const outcome = await executor.call({
      ...request,
      input: new Uint8Array(),
      state: stateOf({}),
      options: { deadlineMs: 60 },
    })
    expect(outcome.kind).toBe('ok')
  })

  it('of one call leave those behind it alone', async () => {
    const executor = create({ deadlineMs: 10_000 })
    const state = stateOf({})
    const stuck = {
      blob: endless,
      entryPoint: 'run',
      input: new Uint8Array(),
      state,
      options: { deadlineMs: 100 },
    }
    const outcomes = await Promise.all([
      executor.call(append(state, 1)),
      executor.call(stuck),
      executor.call(append(state, 2)),
    ])
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['ok', 'limit', 'ok'])
  })
})

describe('close', () => {
  const closed = { code: 'EXECUTOR_CLOSED' }

  it('refuses the call under way, those that wait, and those that come', async () => {
    const executor = create()
    const state = stateOf({})
    await executor.call(append(state, 1))
    const running = executor.call({ blob: endless, entryPoint: 'run', input: new Uint8Array(), state })
    const waiting = executor.call(append(state, 2))
    const settled = Promise.allSettled([running, waiting])
    await new Promise((resolve) => setTimeout(resolve, 50))
    await executor.close()
    for (const result of await settled) expect(result).toMatchObject({ status: 'rejected', reason: closed })
    await expect(executor.call(append(state, 3))).rejects.toMatchObject(closed)
    await executor.close()
  })

  it('before any call needs no thread', async () => {
    const executor = create()
    await executor.close()
    await expect(executor.call(append(stateOf({}), 1))).rejects.toMatchObject(closed)
  })
})
