import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallRequest, Executor, OkOutcome, Outcome } from '../runtime/executor.ts'
import { V8Executor } from '../runtime/v8/v8Executor.ts'
import { buildBlock } from './build/blockBuilder.ts'
import {
  type CallComparison,
  type CompareOptions,
  comparedCalls,
  compareExecutors,
} from './compareExecutors.ts'
import {
  createToyRuntime,
  TOY_EXTRINSICS,
  TOY_MODES,
  toyExtrinsic,
  toyGenesis,
} from './toyRuntime.testkit.ts'

const v8 = new V8Executor({ clock: { nowMs: () => 0 } })
afterAll(() => v8.close())

/** An executor that answers one entry point differently. */
function altered(entryPoint: string, alter: (outcome: OkOutcome) => Outcome): Executor {
  return {
    name: 'altered',
    supports: new Set(),
    async call(request: CallRequest) {
      const outcome = await v8.call(request)
      return outcome.kind === 'ok' && request.entryPoint === entryPoint ? alter(outcome) : outcome
    },
    close: async () => undefined,
  }
}

describe('compareExecutors', () => {
  let compare: (right: Executor, options?: CompareOptions) => Promise<readonly CallComparison[]>

  beforeAll(async () => {
    const runtime = await createToyRuntime(v8)
    const extrinsics = [9, TOY_EXTRINSICS.traps].map(toyExtrinsic)
    const block = await buildBlock(runtime, toyGenesis(TOY_MODES.sound), { extrinsics })
    const calls = comparedCalls(block.phases)
    compare = (right, options) =>
      compareExecutors({ left: v8, right }, { blob: runtime.blob, calls }, options)
  })

  it('finds an executor to agree with itself, in panics too', async () => {
    const comparisons = await compare(v8)
    expect(comparisons.map(({ label, agrees }) => `${label} ${agrees}`)).toEqual([
      'initialize true',
      'inherents true',
      'extrinsic 0 (inherent) true',
      'extrinsic 1 true',
      'extrinsic 2 true',
      'finalize true',
    ])
    expect(comparisons[4]?.left.kind).toBe('panic')
  })

  it('shows another output, change or kind in the phase where it is', async () => {
    const output = new Uint8Array([9])
    const changes = new Map([['x', output]])
    const log = { level: 1, target: 'x', message: 'y' }
    const finalized = await compare(altered('BlockBuilder_finalize_block', (ok) => ({ ...ok, output })))
    expect(finalized.filter(({ agrees }) => !agrees).map(({ label }) => label)).toEqual(['finalize'])

    const [initialized] = await compare(
      altered('Core_initialize_block', (ok) => ({ ...ok, changes, logs: [log] })),
    )
    expect(initialized?.changes.map(({ key }) => key)).toEqual(['header', 'x'])
    expect(initialized).toMatchObject({ sameResult: true, agrees: false, logs: { left: [], right: [log] } })

    const panic = (ok: OkOutcome): Outcome => ({
      ...ok,
      kind: 'panic',
      message: '',
      location: null,
      stack: [],
    })
    const [, inherents] = await compare(altered('BlockBuilder_inherent_extrinsics', panic))
    expect(inherents).toMatchObject({ sameResult: false, agrees: false, changes: [] })
  })

  it('leaves state roots out when asked to, and nothing else of a header', async () => {
    const changed = (at: number) =>
      altered('BlockBuilder_finalize_block', (ok) => {
        const output = ok.output.slice()
        output[at] = 0xee
        return { ...ok, output, changes: new Map([[':child_storage:default:x', output]]) }
      })
    const agrees = async (at: number, ignoreStateRoots: boolean) =>
      (await compare(changed(at), { ignoreStateRoots })).at(-1)?.agrees
    expect(await agrees(40, true)).toBe(true)
    expect(await agrees(40, false)).toBe(false)
    expect(await agrees(70, true)).toBe(false)
  })
})
