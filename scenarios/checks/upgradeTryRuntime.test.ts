import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { answerOf } from '../check/runChecks.ts'
import { demoTestContext, findingsOf, miniature, ranAnswer } from './checkContext.testkit.ts'
import { upgradeTryRuntime } from './upgradeTryRuntime.ts'

const SIZE = { accounts: 50, subnets: 4, uids: 24 }

/** A runtime that takes the argument and does nothing with it, as one whose hooks are skipped. */
async function hooklessRuntime(): Promise<RuntimeBlob> {
  const tools = await wabt()
  const text = `(module (import "env" "memory" (memory 17))
    (global (export "__heap_base") i32 (i32.const 1048576))
    (func (export "TryRuntime_on_runtime_upgrade") (param i32 i32) (result i64) (i64.const 0)))`
  return parseRuntimeBlob(tools.parseWat('test.wat', text).toBinary({}).buffer)
}

describe('upgrade.tryRuntime', () => {
  it('finds nothing in the good candidate, whose hooks ran', async () => {
    const context = await demoTestContext(SIZE, { candidate: miniature('v2-try-runtime') })
    const { findings, measures } = await ranAnswer(upgradeTryRuntime, context)
    expect(findings).toEqual([])
    expect(measures).toMatchObject({ tryStateRan: true })
    expect(Number(measures?.['tryStateReads'])).toBeGreaterThan(100)
  })

  it('does not apply to a production build', async () => {
    const answer = await answerOf(upgradeTryRuntime, await demoTestContext(SIZE))
    expect(answer).toMatchObject({
      kind: 'notApplicable',
      reason: expect.stringContaining('no special build is needed'),
    })
  })

  it('fails when try_state sees what a migration did', async () => {
    const candidate = miniature('stake-wrong-owner+try-runtime')
    const findings = await findingsOf(upgradeTryRuntime, await demoTestContext(SIZE, { candidate }))
    expect(findings).toMatchObject([{ rule: 'tryState', severity: 'error' }])
    expect(findings[0]?.title).toContain("TotalColdkeyStake is not the sum of the coldkey's stake")
  })

  it('fails when the whole state does not decode', async () => {
    const candidate = miniature('trailing-bytes+try-runtime')
    const findings = await findingsOf(upgradeTryRuntime, await demoTestContext(SIZE, { candidate }))
    expect(findings).toHaveLength(1)
    expect(findings[0]?.evidence.join('\n')).toMatch(/ActivityCutoff/)
  })

  it('fails when no hook ran', async () => {
    const candidate = await hooklessRuntime()
    const findings = await findingsOf(upgradeTryRuntime, await demoTestContext(SIZE, { candidate }))
    expect(findings).toMatchObject([{ rule: 'noHooks', severity: 'error' }])
  })
})
