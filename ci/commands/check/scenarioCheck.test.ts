import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fork } from '../../../harness/chain/fork.ts'
import { V8Executor } from '../../../harness/runtime/v8/v8Executor.ts'
import { answerOf } from '../../../scenarios/check/runChecks.ts'
import { contextOn, miniature, ranAnswer } from '../../../scenarios/checks/checkContext.testkit.ts'
import { openDemoChain } from '../../../scenarios/demo/chain/index.ts'
import { createScenarioCheck } from './scenarioCheck.ts'

const EXAMPLES = fileURLToPath(new URL('../../../examples/scenarios', import.meta.url))
let fork: Fork
let folder = ''

beforeAll(async () => {
  const { store } = await openDemoChain({ accounts: 100, subnets: 4, uids: 24 })
  fork = await Fork.open({ store, executor: new V8Executor({ clock: { nowMs: () => performance.now() } }) })
  folder = mkdtempSync(join(tmpdir(), 'drydock-user-scenarios-'))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const contextFor = (candidate: string) => contextOn(fork, { candidate: miniature(candidate) })

describe('scenarios.run', { timeout: 120_000 }, () => {
  it('runs the worked examples, which hold under the good candidate', async () => {
    const { findings, measures, tables } = await ranAnswer(
      createScenarioCheck(EXAMPLES),
      await contextFor('v2'),
    )
    expect(findings).toEqual([])
    expect(measures).toMatchObject({ tests: 2, files: 2, skipped: 0 })
    expect(tables?.[0]?.rows.map((row) => row[2])).toEqual(['passed', 'passed'])
  })

  it.each([
    ['march-2024', 'weightsAcrossUpgrade.scenario.ts', /the chain stops: .*the len is 6 but the index is 24/],
    ['type-wider', 'registrationAcrossUpgrade.scenario.ts', /SubtensorModule\.Burn does not decode/],
  ])('names the test that fails under %s, with file and reason', async (candidate, file, message) => {
    const { findings } = await ranAnswer(createScenarioCheck(EXAMPLES), await contextFor(candidate))
    expect(findings).toMatchObject([
      { rule: 'testFailed', severity: 'error', facts: { file, line: expect.any(Number) } },
    ])
    expect(findings[0]?.title).toMatch(message)
  })

  it('says when a file can not be loaded, and is never green without a test', async () => {
    writeFileSync(join(folder, 'broken.scenario.ts'), "import 'nothing-of-that-name'\n")
    const { findings } = await ranAnswer(createScenarioCheck(folder), await contextFor('v2'))
    expect(findings).toMatchObject([{ rule: 'fileBroken', subject: 'broken.scenario.ts' }])
    writeFileSync(
      join(folder, 'broken.scenario.ts'),
      "import { test } from 'vitest'\ntest.skip('later', () => {})\n",
    )
    const skipped = await answerOf(createScenarioCheck(folder), await contextFor('v2'))
    expect(skipped).toMatchObject({ kind: 'inconclusive', reason: 'all tests are skipped' })
    rmSync(join(folder, 'broken.scenario.ts'))
    const none = await answerOf(createScenarioCheck(folder), await contextFor('v2'))
    expect(none).toMatchObject({ kind: 'inconclusive', reason: expect.stringContaining('no scenario file') })
  })
})
