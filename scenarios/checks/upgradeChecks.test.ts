import { describe, expect, it } from 'vitest'
import type { Fork } from '../../harness/chain/fork.ts'
import { epochState } from '../chains/subtensor/epochState.ts'
import type { Check } from '../check/check.ts'
import { answerOf } from '../check/runChecks.ts'
import { upgradeStep } from '../rehearsal/rehearsal.ts'
import { blocksReexecute } from './blocksReexecute.ts'
import { blocksRun } from './blocksRun.ts'
import {
  checkTestContext,
  findingsOf,
  given,
  miniature,
  ranAnswer,
  type TestContextOptions,
  withSteps,
} from './checkContext.testkit.ts'
import { CHECKS } from './index.ts'
import { upgradeApply } from './upgradeApply.ts'
import { upgradeCost } from './upgradeCost.ts'
import { upgradeDiff } from './upgradeDiff.ts'

async function run(check: Check, options: TestContextOptions) {
  return ranAnswer(check, await checkTestContext(options))
}

describe.each(CHECKS.map((check) => [check.id, check] as const))('%s', (_, check) => {
  it('finds nothing in the good candidate', async () => {
    const answer = await answerOf(check, await checkTestContext({ candidate: miniature('v2') }))
    if (answer.kind !== 'notApplicable') expect(answer).toMatchObject({ kind: 'ran', findings: [] })
  })
})

describe('upgrade.apply', () => {
  it('names the block, the message and the Rust location of a migration that panics', async () => {
    const prepare = (fork: Fork) => ownerlessStake(fork)
    const { findings } = await run(upgradeApply, { candidate: miniature('migration-panic'), prepare })
    expect(findings).toHaveLength(1)
    expect(findings[0]?.title).toMatch(
      /first block of the candidate failed: block 2, initialize: the runtime panicked/,
    )
    expect(findings[0]?.facts).toMatchObject({
      outcome: 'panic',
      entryPoint: 'Core_initialize_block',
      message: expect.stringContaining('every hotkey with stake has an owner'),
      location: expect.stringMatching(/\.rs:\d+:\d+$/),
    })
    expect(findings[0]?.evidence.join('\n')).toMatch(/on_runtime_upgrade/)
  })

  it('leaves the checks that need the upgrade inconclusive, never green', async () => {
    const options = { candidate: miniature('migration-panic'), prepare: ownerlessStake }
    for (const check of [upgradeCost, upgradeDiff, blocksRun, blocksReexecute]) {
      const answer = await answerOf(check, await checkTestContext(options))
      expect(answer.kind, check.id).toBe('inconclusive')
    }
  })
})

/** A Stake row whose hotkey has no Owner row, as left-over rows on a real chain are. */
async function ownerlessStake(fork: Fork): Promise<void> {
  const { codec } = await fork.context()
  const account = (byte: number) => `0x${byte.toString(16).padStart(2, '0').repeat(32)}`
  const key = codec.storageKey('SubtensorModule', 'Stake', account(0xa1), account(0xb2))
  const value = codec.encodeValue('SubtensorModule', 'Stake', 1_000_000_000n)
  fork.setStorage(new Map([[key, value]]), 'stake of a hotkey without owner')
}

describe('upgrade.cost', () => {
  it('fails when the migrations take longer than a block may', async () => {
    const limits = { blockWarnMs: 0, blockFailMs: 0 }
    const { findings } = await run(upgradeCost, { candidate: miniature('v2'), limits })
    expect(findings[0]).toMatchObject({
      severity: 'error',
      title: expect.stringMatching(/block 2 took \d+ ms/),
    })
  })

  it('reports what was measured and what was declared', async () => {
    const { measures } = await run(upgradeCost, { candidate: miniature('v2') })
    expect(measures).toMatchObject({ reads: expect.any(Number), declaredMs: expect.any(Number) })
    expect(Number(measures?.['writes'])).toBeGreaterThan(0)
    const again = await run(upgradeCost, { candidate: miniature('v2') })
    expect(Number(measures?.['instructions'])).toBeGreaterThan(10_000)
    expect(again.measures?.['instructions']).toBe(measures?.['instructions'])
  })
})

describe('the instructions of upgrade.cost', () => {
  it('are not counted when the migrations took long, so that no finding is lost to a second run', async () => {
    const context = await checkTestContext({ candidate: miniature('v2') })
    const result = await context.get(upgradeStep)
    if (result.kind !== 'upgraded') throw new Error(result.kind)
    const cost = { ...result.migration.cost, wallMs: 11_000 }
    const slow = { ...result, migration: { ...result.migration, cost } }
    const { findings, measures } = await ranAnswer(upgradeCost, withSteps(context, given(upgradeStep, slow)))
    expect(measures?.['instructions']).toBeNull()
    expect(findings.map(({ rule }) => rule)).toEqual(['time'])
  })
})

describe('upgrade.diff', () => {
  it('counts what the upgrade changed', async () => {
    const { measures } = await run(upgradeDiff, { candidate: miniature('v2') })
    expect(Number(measures?.['changed'])).toBeGreaterThan(0)
  })
})

describe('blocks.run', () => {
  it('names the block, the phase, the message and the stack of a panic in on_initialize', async () => {
    const { findings } = await run(blocksRun, { candidate: miniature('panic-at-height:4'), blockCount: 5 })
    expect(findings).toHaveLength(1)
    expect(findings[0]?.title).toMatch(/^The chain stops: block 4, initialize: .*seeded panic at block 4/)
    expect(findings[0]?.facts).toMatchObject({ block: 4, phase: 'initialize', outcome: 'panic' })
    expect(findings[0]?.evidence.join('\n')).toMatch(/emission::.*run_block/)
  })

  it('reports an error that the runtime logs and goes on from', async () => {
    const { findings } = await run(blocksRun, { candidate: miniature('error-swallowed') })
    expect(findings[0]?.title).toMatch(/logged \d+ error\(s\) and continued, the first in block 2/)
  })

  it('fails when nobody may author any more', async () => {
    const { findings } = await run(blocksRun, { candidate: miniature('empty-authorities') })
    expect(findings.map(({ title }) => title).join('\n')).toMatch(/AuraApi_authorities had 1 authorities/)
  })
})

describe('blocks.run, slots', () => {
  it('fails when the slot takes another time than before, even if the number only jumps ahead', async () => {
    const context = await checkTestContext()
    const upgrade = await context.get(upgradeStep)
    if (upgrade.kind !== 'upgraded') throw new Error(upgrade.kind)
    const { migrationBlock } = upgrade
    const claim = { ...migrationBlock.claim, slotDurationMs: 6000n, slot: 99n }
    const shorter = { ...upgrade, migrationBlock: { ...migrationBlock, claim } }
    const findings = await findingsOf(blocksRun, withSteps(context, given(upgradeStep, shorter)))
    expect(findings.map(({ title }) => title)).toEqual([
      expect.stringMatching(
        /^The slot takes 6000 ms instead of 12000 ms from block 2 on: .* from \d+ to 99$/,
      ),
    ])
  })

  it('leaves it to upgrade.apply when the slot goes back', async () => {
    const { findings } = await run(upgradeApply, { candidate: miniature('slot-duration') })
    expect(findings[0]?.facts).toMatchObject({ message: 'Slot must increase' })
  })
})

describe('blocks.reexecute', () => {
  it('fails when a result depends on what the heap held before', async () => {
    const { findings } = await run(blocksReexecute, {
      candidate: miniature('heap-contents'),
      prepare: unevenEpochs,
    })
    expect(findings.map(({ title }) => title).join('\n')).toMatch(
      /Block \d+ is not accepted by Core_execute_block/,
    )
  })
})

/** A subnet whose epoch runs in every second block and leaves something over when it is rounded. */
async function unevenEpochs(fork: Fork): Promise<void> {
  const { codec } = await fork.context()
  fork.setStorage(epochState(codec, { netuids: [1], neurons: 7, validators: 3 }), 'a small subnet')
}
