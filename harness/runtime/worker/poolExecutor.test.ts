import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../blob/index.ts'
import type { CallRequest, Outcome } from '../executor.ts'
import { assemble, HostScript, scriptGuestWat } from '../host/hostScript.testkit.ts'
import { assertOk } from '../host/scriptRunner.testkit.ts'
import { V8Executor } from '../v8/v8Executor.ts'
import { PoolExecutor } from './poolExecutor.ts'

const clock = { nowMs: () => performance.now() }
const v8 = new V8Executor({ clock })
const open: PoolExecutor[] = []
let blob: RuntimeBlob
let endless: RuntimeBlob
let shared: PoolExecutor

beforeAll(async () => {
  blob = parseRuntimeBlob(await assemble(scriptGuestWat()))
  endless = parseRuntimeBlob(
    await assemble(`(module (import "env" "memory" (memory 1)) (global (export "__heap_base") i32 (i32.const 1024))
      (func (export "run") (param i32 i32) (result i64) (loop $l (br $l)) (i64.const 0)))`),
  )
  shared = create(3)
})
afterAll(() => Promise.all(open.map((executor) => executor.close())))

function create(threads: number): PoolExecutor {
  const executor = new PoolExecutor({ clock, threads })
  open.push(executor)
  return executor
}

function base(): ChainState {
  return ChainState.fromStore(createPackedStore([['m', utf8ToBytes('x')]]))
}

/** Appends one byte to `log`, and answers what `log` holds then, what of the block a prefix has, and now and then the root. */
function append(state: ChainState, byte: number, freshInstance = false): CallRequest {
  const script = new HostScript()
    .call('storage_append_version_1', [utf8ToBytes('log'), new Uint8Array([byte])])
    .call('storage_get_version_1', [utf8ToBytes('log')])
    .call('storage_clear_prefix_version_2', [utf8ToBytes('o'), new Uint8Array([1, 0, 0, 0, 0])])
  if (byte % 3 === 0) script.call('storage_root_version_2', [0])
  return { blob, entryPoint: 'run', input: script.toInput(), state, options: { freshInstance } }
}

/** All of an outcome but its time and its trie, which does not travel. */
function plain(outcome: Outcome): unknown {
  const counters = { ...outcome.cost, wallMs: 0 }
  if (outcome.kind !== 'ok') return { ...outcome, cost: counters }
  const { trie: _, changes, output, ...others } = outcome
  const entries = [...changes].map(([key, value]) => [key, value && bytesToHex(value)])
  return { ...others, cost: counters, output: bytesToHex(output), changes: entries }
}

/** What to do next: on which of the states so far, and what becomes of the outcome. */
const step = fc.record({
  on: fc.nat(),
  byte: fc.integer({ min: 0, max: 255 }),
  fresh: fc.boolean(),
  /** A state of the caller's own making, or of the call's changes, in this block or at its end. */
  next: fc.constantFrom('open', 'sealed', 'byHand', 'none'),
})

describe('PoolExecutor', () => {
  it('answers as one executor does, whatever runs side by side on whichever states', async () => {
    const together = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(together, async (rounds) => {
        const states = [base()]
        for (const round of rounds) {
          const requests = round.map(({ on, byte, fresh }) =>
            append(states[on % states.length] ?? base(), byte, fresh),
          )
          const outcomes = await Promise.all(requests.map((request) => shared.call(request)))
          for (const [i, outcome] of outcomes.entries()) {
            const request = requests[i]
            if (request === undefined) continue
            expect(plain(outcome)).toEqual(plain(v8.callSync(request)))
            const { changes } = assertOk(outcome)
            const next = request.state.with(changes)
            const kind = round[i]?.next
            if (kind === 'open') states.push(next)
            if (kind === 'sealed') states.push(next.seal())
            if (kind === 'byHand') states.push(next.with(new Map([['o', new Uint8Array([1])]])).seal())
          }
        }
      }),
      { numRuns: 25, seed: 7 },
    )
  }, 60_000)

  it('leaves a chain of calls with the worker that has its state', async () => {
    const executor = create(2)
    const mine = base()
    const stuck = {
      blob: endless,
      entryPoint: 'run',
      input: new Uint8Array(),
      options: { deadlineMs: 3_000 },
    }
    // Starting a thread may take longer than the deadline that follows.
    await Promise.all([executor.call(append(base(), 1)), executor.call(append(base(), 1))])
    // One worker holds `mine`; once it is stuck, a state within a block waits and one between blocks does not.
    const first = assertOk(await executor.call(append(mine, 1)))
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)
    await Promise.all([
      executor.call({ ...stuck, state: mine.with(first.changes) }).then(note('stuck')),
      executor.call(append(mine.with(first.changes), 2)).then(note('within the block')),
      executor.call(append(mine.with(first.changes), 2, true)).then(note('proof')),
      executor.call(append(mine.with(first.changes).seal(), 2)).then(note('next block')),
    ])
    expect(order).toEqual(['proof', 'next block', 'stuck', 'within the block'])
  })

  it('loses one worker to a deadline and answers on', async () => {
    const executor = create(2)
    const state = base()
    const stuck = {
      blob: endless,
      entryPoint: 'run',
      input: new Uint8Array(),
      state,
      options: { deadlineMs: 100 },
    }
    const outcomes = await Promise.all([
      executor.call(stuck),
      ...[1, 2, 3].map((byte) => executor.call(append(state, byte))),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['limit', 'ok', 'ok', 'ok'])
    expect((await executor.call(append(state, 4))).kind).toBe('ok')
  })

  it('closes all of its workers, and refuses calls from then on', async () => {
    const executor = create(2)
    const stuck = () => ({ blob: endless, entryPoint: 'run', input: new Uint8Array(), state: base() })
    const running = Promise.allSettled([executor.call(stuck()), executor.call(stuck())])
    await new Promise((resolve) => setTimeout(resolve, 50))
    await executor.close()
    const closed = { status: 'rejected', reason: { code: 'EXECUTOR_CLOSED' } }
    expect(await running).toMatchObject([closed, closed])
    await expect(executor.call(append(base(), 1))).rejects.toMatchObject({ code: 'EXECUTOR_CLOSED' })
  })
})
