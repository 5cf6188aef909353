import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { V8Executor } from '../../runtime/v8/v8Executor.ts'
import type { ChainHead } from '../block.ts'
import { executeBlock, proveBlock } from '../executeBlock.ts'
import type { BlockRuntime } from '../runtimeContext.ts'
import {
  createToyRuntime,
  TOY_EXTRINSICS,
  TOY_MODES,
  toyExtrinsic,
  toyGenesis,
} from '../toyRuntime.testkit.ts'
import { type BuildBlockOptions, type BuiltBlock, buildBlock } from './blockBuilder.ts'
import { phaseLabel } from './phase.ts'

const executor = new V8Executor({ clock: { nowMs: () => 0 } })
let runtime: BlockRuntime

beforeAll(async () => {
  runtime = await createToyRuntime(executor)
})
afterAll(() => executor.close())

async function built(parent: ChainHead, options: BuildBlockOptions = {}): Promise<BuiltBlock> {
  const result = await buildBlock(runtime, parent, options)
  if (result.kind === 'failed') throw new Error(result.message)
  return result
}

describe('block builder', () => {
  it('builds blocks one on the other that the runtime executes, with their real state roots', async () => {
    let parent = toyGenesis(TOY_MODES.sound)
    for (let number = 1; number <= 3; number++) {
      const block = await built(parent, { extrinsics: [toyExtrinsic(9)] })
      expect(block.head.number).toBe(number)
      expect(block.block.header.parentHash).toEqual(parent.hash)
      expect(block.head.state.get('count')).toEqual(new Uint8Array([2 * number]))
      expect(await proveBlock(runtime, parent, block)).toMatchObject({ holds: true, differences: [] })
      parent = block.head
    }
  })

  it('records each call in order, and keeps the changes of none but those that count', async () => {
    const block = await built(toyGenesis(TOY_MODES.sound), { extrinsics: [toyExtrinsic(9)] })
    const phases = block.phases.map(
      ({ name, entryPoint, kept }) => `${phaseLabel(name)} ${entryPoint} ${kept}`,
    )
    expect(phases).toEqual([
      'initialize Core_initialize_block true',
      'inherents BlockBuilder_inherent_extrinsics false',
      'extrinsic 0 (inherent) BlockBuilder_apply_extrinsic true',
      'extrinsic 1 BlockBuilder_apply_extrinsic true',
      'finalize BlockBuilder_finalize_block true',
    ])
    expect(block.head.state.backend).toBe(block.head.state)
  })

  it('drops refused and trapping extrinsics with their changes, and keeps failed dispatches', async () => {
    const parent = toyGenesis(TOY_MODES.sound)
    const { refused, traps, errs } = TOY_EXTRINSICS
    const block = await built(parent, { extrinsics: [refused, errs, traps, 9].map(toyExtrinsic) })
    expect(block.block.extrinsics).toEqual([TOY_EXTRINSICS.inherent, errs, 9].map(toyExtrinsic))
    expect(block.dropped).toEqual([
      { position: 0, reason: 'invalid', message: 'Invalid: Stale' },
      { position: 2, reason: 'trap', message: 'the runtime panicked: wasm trap: unreachable' },
    ])
    expect(block.head.state.get('count')).toEqual(new Uint8Array([3]))
    expect((await proveBlock(runtime, parent, block)).holds).toBe(true)
  })

  it('applies no given extrinsic when the runtime takes inherents only', async () => {
    const block = await built(toyGenesis(TOY_MODES.inherentsOnly), { extrinsics: [toyExtrinsic(9)] })
    expect(block.block.extrinsics).toHaveLength(1)
    expect(block.dropped).toMatchObject([{ position: 0, reason: 'inherentsOnly' }])
  })

  it.each([
    ['initializeTraps', 'block 1, initialize: the runtime panicked: wasm trap: unreachable'],
    ['inherentsTrap', 'block 1, inherents: the runtime panicked: wasm trap: unreachable'],
    ['inherentsGarbage', 'block 1, inherents: its output is not a list of extrinsics'],
    ['inherentErrs', 'block 1, extrinsic 0 (inherent): the inherent failed: BadOrigin'],
    ['inherentInvalid', 'block 1, extrinsic 0 (inherent): Invalid: Stale'],
    ['finalizeTraps', 'block 1, finalize: the runtime panicked: wasm trap: unreachable'],
    ['finalizeGarbage', 'block 1, finalize: its output is not a header'],
  ] as const)('says where a runtime fails: %s', async (mode, message) => {
    const result = await buildBlock(runtime, toyGenesis(TOY_MODES[mode]))
    expect(result).toMatchObject({ kind: 'failed', message })
    const last = result.phases.at(-1)
    expect(last?.name).toEqual(result.kind === 'failed' ? result.phase : null)
    expect(result.phases.filter((phase) => phase === last)).toHaveLength(1)
  })

  it('is deterministic, and takes its time from the options', async () => {
    const parent = toyGenesis(TOY_MODES.sound)
    const timestampMs = 1_720_000_000_000n
    const [first, second] = [await built(parent, { timestampMs }), await built(parent, { timestampMs })]
    expect(first.claim.timestampMs).toBe(timestampMs)
    expect(second.head.hash).toEqual(first.head.hash)
    expect((await built(parent)).claim.timestampMs).toBe(1_700_000_000_000n)
  })

  it('covers what is put in before finalize by the root, and so has the block refused', async () => {
    const parent = toyGenesis(TOY_MODES.sound)
    const changes = new Map([['x', new Uint8Array([1])]])
    const block = await built(parent, { beforeFinalize: () => changes })
    expect(block.head.state.stateRoot(0)).toEqual(block.block.header.stateRoot)
    expect(await proveBlock(runtime, parent, block)).toMatchObject({ holds: false, rootMatches: true })
  })
})

describe('proof of a block', () => {
  it('rejects a tampered state root, a missing extrinsic, and changes that building did not make', async () => {
    const parent = toyGenesis(TOY_MODES.sound)
    const block = await built(parent, { extrinsics: [toyExtrinsic(9)] })
    const stateRoot = block.block.header.stateRoot.map((byte) => byte ^ 1)
    const tampered = { ...block.block, header: { ...block.block.header, stateRoot } }
    expect((await executeBlock(runtime, parent, tampered)).kind).toBe('panic')
    const shorter = { ...block.block, extrinsics: block.block.extrinsics.slice(1) }
    expect((await executeBlock(runtime, parent, shorter)).kind).toBe('panic')

    const state = parent.state
      .with(block.head.state.changes)
      .with(new Map([['x', new Uint8Array(1)]]))
      .seal()
    const proof = await proveBlock(runtime, parent, { ...block, head: { ...block.head, state } })
    expect(proof).toMatchObject({ holds: false, rootMatches: false })
    expect(proof.differences.map(({ key }) => key)).toEqual(['x'])
  })
})
