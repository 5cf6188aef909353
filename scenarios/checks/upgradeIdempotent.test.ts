import { describe, expect, it } from 'vitest'
import { answerOf } from '../check/runChecks.ts'
import { settlingStep } from '../migrations/settle.ts'
import {
  checkTestContext,
  demoTestContext,
  findingsOf,
  given,
  miniature,
  ranAnswer,
  withSteps,
} from './checkContext.testkit.ts'
import { ownerlessStake } from './ownerlessStake.testkit.ts'
import { upgradeIdempotent } from './upgradeIdempotent.ts'

const SIZE = { accounts: 50, subnets: 4, uids: 24 }

describe('upgrade.idempotent', () => {
  it('finds nothing in the good candidate, whose migrations did run again', async () => {
    const { findings, measures } = await ranAnswer(upgradeIdempotent, await demoTestContext(SIZE))
    expect(findings).toEqual([])
    expect(measures).toMatchObject({ itemsChanged: 0 })
  })

  it('names the item, its keys and whose migration changes them again', async () => {
    const candidate = miniature('migration-not-idempotent')
    const findings = await findingsOf(upgradeIdempotent, await demoTestContext(SIZE, { candidate }))
    expect(findings).toMatchObject([
      { severity: 'error', subject: 'SubtensorModule.Burn', facts: { keys: 4 } },
    ])
    expect(findings[0]?.title).toMatch(
      /^Running the migrations again in block \d+ changes 4 key\(s\) of SubtensorModule\.Burn \(SubtensorModule: on_runtime_upgrade\)$/,
    )
    expect(findings[0]?.evidence[0]).toMatch(
      /^SubtensorModule\.Burn\(\d+\): 0x[0-9a-f]{16} -> 0x[0-9a-f]{16}$/,
    )
  })

  it('says so when the second run panics', async () => {
    const context = await checkTestContext({ candidate: miniature('migration-panic') })
    const settling = await context.get(settlingStep)
    const branch = context.fork.at(settling.head)
    await ownerlessStake(branch)
    const elsewhere = withSteps(context, given(settlingStep, { ...settling, head: branch.head }))
    const findings = await findingsOf(upgradeIdempotent, elsewhere)
    expect(findings).toMatchObject([{ rule: 'fails', facts: { outcome: 'panic' } }])
    expect(findings[0]?.title).toContain('every hotkey with stake has an owner')
  })

  it('does not say yes where migrations do not end', async () => {
    const options = {
      candidate: miniature('migration-never-ends'),
      limits: { settleBlocks: 6, settleMostBlocks: 6 },
    }
    const answer = await answerOf(upgradeIdempotent, await demoTestContext(SIZE, options))
    expect(answer.kind).toBe('inconclusive')
  })

  it('does not say yes where the migrations do not run, neither time', async () => {
    const candidate = miniature('spec-version-not-raised')
    const answer = await answerOf(upgradeIdempotent, await demoTestContext(SIZE, { candidate }))
    expect(answer).toMatchObject({ kind: 'inconclusive', reason: expect.stringContaining('spec_version') })
  })
})
