/**
 * Faults that no runtime of ours has, put into the outcome of a healthy rehearsal: what the check reads is real but for the one
 * thing that is wrong.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import type { BuiltBlock } from '../../harness/chain/build/blockBuilder.ts'
import type { BlockProof } from '../../harness/chain/executeBlock.ts'
import type { Upgraded } from '../../harness/chain/upgrade.ts'
import type { Check, CheckContext } from '../check/check.ts'
import { type RehearsedBlock, rehearsedBlocks, upgradeStep } from '../rehearsal/rehearsal.ts'
import { blocksReexecute } from './blocksReexecute.ts'
import { blocksRun } from './blocksRun.ts'
import { checkTestContext, findingsOf, given, withSteps } from './checkContext.testkit.ts'
import { upgradeApply } from './upgradeApply.ts'
import { upgradeCost } from './upgradeCost.ts'

let context: CheckContext
let upgraded: Upgraded
let blocks: readonly RehearsedBlock[]

beforeAll(async () => {
  context = await checkTestContext()
  const upgrade = await context.get(upgradeStep)
  if (upgrade.kind !== 'upgraded') throw new Error(upgrade.kind)
  upgraded = upgrade
  blocks = await context.get(rehearsedBlocks)
})

interface Seeded {
  readonly upgrade?: Upgraded
  readonly blocks?: readonly RehearsedBlock[]
}

async function findings(check: Check, seeded: Seeded = {}) {
  const upgrade = given(upgradeStep, seeded.upgrade ?? upgraded)
  const rehearsed = given(rehearsedBlocks, seeded.blocks ?? blocks)
  return findingsOf(check, withSteps(context, upgrade, rehearsed))
}

/** The blocks with another proof of the last one. */
function lastProof(change: (proof: BlockProof) => Partial<BlockProof>): readonly RehearsedBlock[] {
  return blocks.map((block, i) => {
    if (i !== blocks.length - 1 || block.proof === null) return block
    return { ...block, proof: { ...block.proof, holds: false, ...change(block.proof) } }
  })
}

it.each([upgradeApply, upgradeCost, blocksRun, blocksReexecute])(
  '$id finds nothing before the seeding',
  async (check) => {
    expect(await findings(check)).toEqual([])
  },
)

describe('upgrade.apply', () => {
  it('fails when the candidate does not accept its own migration block', async () => {
    const [first, ...rest] = blocks
    if (first?.proof == null) throw new Error('no migration block')
    const { entryPoint, cost, logs, denied } = first.proof.execution
    const execution = { kind: 'invalid', message: 'seeded', entryPoint, cost, logs, denied } as const
    const seeded = [{ ...first, proof: { ...first.proof, holds: false, execution } }, ...rest]
    const [found] = await findings(upgradeApply, { blocks: seeded })
    expect(found?.title).toMatch(
      /^Block 2, which the candidate built, is not accepted by Core_execute_block: .*seeded/,
    )
  })
})

describe('upgrade.cost', () => {
  function withCost(change: (upgrade: Upgraded) => Partial<Upgraded['migration']>): Upgraded {
    return { ...upgraded, migration: { ...upgraded.migration, ...change(upgraded) } }
  }

  it('fails when the migrations use more weight than a block has', async () => {
    const upgrade = withCost(({ migration: { weight } }) => {
      const limit = weight?.limits?.maxBlock.refTime ?? 0n
      return weight === null ? {} : { weight: { ...weight, total: { ...weight.total, refTime: limit + 1n } } }
    })
    const [found] = await findings(upgradeCost, { upgrade })
    expect(found).toMatchObject({
      severity: 'error',
      title: expect.stringMatching(/above the 4000 ms of a whole block/),
    })
  })

  it('fails when the storage accesses alone cost many times what was declared', async () => {
    const upgrade = withCost(({ migration: { cost } }) => ({ cost: { ...cost, writes: 60_000 } }))
    const [found] = await findings(upgradeCost, { upgrade })
    expect(found).toMatchObject({
      severity: 'error',
      title: expect.stringMatching(/60000 writes alone come to/),
    })
  })
})

describe('blocks.run', () => {
  it('fails when the clock of the chain stands still', async () => {
    const seeded = blocks.map((block, i): RehearsedBlock => {
      if (i !== 1 || block.result.kind !== 'built') return block
      const { state } = block.parent
      const result: BuiltBlock = { ...block.result, head: { ...block.result.head, state } }
      return { ...block, result }
    })
    const [found] = await findings(blocksRun, { blocks: seeded })
    expect(found?.title).toBe('Timestamp.Now did not move in block 3')
  })
})

describe('blocks.reexecute', () => {
  it('fails when the header has another state root than the state', async () => {
    const [found] = await findings(blocksReexecute, { blocks: lastProof(() => ({ rootMatches: false })) })
    expect(found?.title).toMatch(
      /^The state root in the header of block 5 is not the root of the state after it/,
    )
  })

  it('names the keys that executing leaves with other values', async () => {
    const key = 'astray'
    const differences = [{ key, left: new Uint8Array([1]), right: null }]
    const [found] = await findings(blocksReexecute, { blocks: lastProof(() => ({ differences })) })
    expect(found?.title).toMatch(/^Executing block 5 leaves 1 key\(s\) with different values/)
    expect(found?.evidence).toEqual([expect.stringMatching(/0x617374726179: 0x01 here, absent there/)])
  })
})
