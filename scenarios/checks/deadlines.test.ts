import { afterAll, expect, it } from 'vitest'
import { WorkerExecutor } from '../../harness/runtime/worker/workerExecutor.ts'
import { runChecks } from '../check/runChecks.ts'
import { selectChecks } from '../check/selectChecks.ts'
import { SharedSteps } from '../check/sharedSteps.ts'
import { checkTestContext } from './checkContext.testkit.ts'
import { CHECKS } from './index.ts'

/** Real checks that look at one step each, by the check that has next to no time. */
const GROUPS = [
  ['blocks.sweep', ['blocks.sweep', 'blocks.time']],
  ['storage.decode', ['storage.decode', 'storage.orphans']],
  ['upgrade.apply', ['upgrade', 'blocks.run']],
  ['upgrade.settle', ['upgrade.settle', 'upgrade.inventory', 'upgrade.idempotent', 'storage.types']],
] as const

/** In a thread of its own, so that deadlines pass while it works. */
const executor = new WorkerExecutor({ clock: { nowMs: () => performance.now() } })
afterAll(() => executor.close())

it.each(GROUPS)('a deadline of 1 ms on %s leaves the others of %j their results', async (late, only) => {
  const context = await checkTestContext({ executor })
  const steps = new SharedSteps(context, { signal: context.signal })
  const errors: unknown[] = []
  const results = await runChecks(selectChecks(CHECKS, { only }), steps, {
    clock: { nowMs: () => performance.now() },
    deadlineMs: (id) => (id === late ? 1 : 60_000),
    reproduce: context.reproduce,
    onError: (_, error) => errors.push(error),
  })
  await steps.close()
  expect(errors).toEqual([])
  const open = results.filter(({ status }) => status === 'inconclusive')
  expect(open.map(({ id, reason }) => [id, reason])).toEqual([[late, 'it did not finish within 0.001 s']])
})
