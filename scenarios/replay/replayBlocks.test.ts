import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RuntimeCache } from '../../harness/chain/index.ts'
import { parseRuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { demoRuntime } from '../demo/chain/index.ts'
import { replayBlocks } from './replayBlocks.ts'
import { buildTrafficChain, type TrafficChain } from './trafficChain.testkit.ts'

const executor = new V8Executor({ clock: { nowMs: () => 0 } })
const { signal } = new AbortController()
let chain: TrafficChain
beforeAll(async () => {
  chain = await buildTrafficChain(executor, 8)
}, 60_000)
afterAll(() => executor.close())

function replay(options: { candidate?: string; blocks?: TrafficChain['blocks'] } = {}) {
  const { candidate, blocks = chain.blocks } = options
  return replayBlocks({
    catalog: new RuntimeCache(executor),
    parent: chain.genesis,
    blocks,
    signal,
    countsInstructions: candidate === undefined,
    ...(candidate === undefined ? {} : { candidate: parseRuntimeBlob(demoRuntime(candidate)) }),
  })
}

describe('replay of blocks', () => {
  it('comes out equal, with what each block cost', async () => {
    const report = await replay()
    expect(report).toMatchObject({ verdict: 'equal', stop: null, candidate: null })
    expect(report.blocks.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    for (const block of report.blocks) {
      expect(block.instructions).toBeGreaterThan(10_000)
      expect(Number(block.weightRefTime)).toBeGreaterThan(0)
    }
  })

  it('stops at a block whose body or state root was changed', async () => {
    const [first, second, ...rest] = chain.blocks
    if (first === undefined || second === undefined) throw new Error('no blocks')
    const body = second.extrinsics.map((one, i) =>
      i === 1 ? one.map((byte, at) => (at === 80 ? byte ^ 1 : byte)) : one,
    )
    const changed = await replay({ blocks: [first, { ...second, extrinsics: body }, ...rest] })
    expect(changed).toMatchObject({ verdict: 'unequal', stop: { kind: 'unequal', block: 2 } })
    const stateRoot = second.header.stateRoot.map((byte, i) => (i === 0 ? byte ^ 1 : byte))
    const rooted = await replay({ blocks: [first, { ...second, header: { ...second.header, stateRoot } }] })
    expect(rooted.stop?.message).toContain('Storage root must match that calculated')
    const gap = await replay({ blocks: [first, ...rest] })
    expect(gap.stop).toMatchObject({ block: 3, message: 'it does not follow the block before it' })
  })

  it('finds no regression in a good candidate', async () => {
    const report = await replay({ candidate: 'v2' })
    expect(report.candidate?.stop).toBeNull()
    expect(report.candidate?.differences.filter(({ kind }) => kind === 'regression')).toEqual([])
    expect(report.verdict).toBe('equal')
  })

  it('names the first extrinsic that a faulty candidate does otherwise, with its call', async () => {
    const report = await replay({ candidate: 'no-origin-check' })
    expect(report.verdict).toBe('regression')
    const first = report.candidate?.differences.find(({ kind }) => kind === 'regression')
    expect(first).toMatchObject({
      block: 2,
      phase: 'extrinsic 3',
      call: expect.stringContaining('sudo_set_tempo'),
    })
    expect(first?.facts[0]).toBe('result: BadOrigin → success')
  })

  it('says where a candidate stops the chain', async () => {
    const report = await replay({ candidate: 'panic-at-height:5' })
    expect(report.verdict).toBe('regression')
    expect(report.candidate?.stop).toMatchObject({
      kind: 'candidate',
      block: 5,
      message: expect.stringContaining('seeded panic'),
    })
    expect(report.blocks).toHaveLength(8)
  })
})
