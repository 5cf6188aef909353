import { describe, expect, it } from 'vitest'
import type { CallRequest, Executor, Outcome } from '../../harness/runtime/executor.ts'
import { checkTestContext } from '../checks/checkContext.testkit.ts'
import { rehearsedBlocks } from './rehearsal.ts'
import { secondOpinions } from './secondOpinion.ts'

/** Our own executor as the second one, with what `change` makes of its outcomes. */
async function opinions(change: (outcome: Outcome, request: CallRequest) => Outcome) {
  const context = await checkTestContext({ blockCount: 1 })
  const { executor } = context.fork.catalog
  const secondOpinion: Executor = {
    name: 'second',
    supports: new Set(),
    call: async (request) => change(await executor.call(request), request),
    close: async () => {},
  }
  return secondOpinions({ ...context, secondOpinion }, await context.get(rehearsedBlocks))
}

describe('secondOpinions', () => {
  it('finds nothing where both agree', async () => {
    const { compared, skipped, disagreements } = await opinions((outcome) => outcome)
    expect({ skipped, disagreements }).toEqual({ skipped: null, disagreements: [] })
    expect(compared).toBeGreaterThanOrEqual(8)
  })

  it('names the block and the phase of a change that only one of them made', async () => {
    const { disagreements } = await opinions((outcome, { entryPoint }) => {
      if (outcome.kind !== 'ok' || entryPoint !== 'Core_initialize_block') return outcome
      return { ...outcome, changes: new Map([...outcome.changes, ['astray', new Uint8Array([1])]]) }
    })
    expect(disagreements.map(({ comparison }) => comparison.label)).toEqual(['initialize', 'initialize'])
    expect(disagreements[0]?.comparison.changes.map(({ key }) => key)).toEqual(['astray'])
  })

  it('takes a limit of the second executor for no opinion', async () => {
    const { disagreements, skipped } = await opinions((outcome) => ({
      ...outcome,
      kind: 'limit',
      limit: 'time',
      message: 'too slow',
      stack: [],
    }))
    expect(disagreements).toEqual([])
    expect(skipped).toMatch(/passed a limit of the second executor/)
  })

  it('takes a second executor that refuses the module for none, and says why', async () => {
    const { compared, disagreements, skipped } = await opinions((outcome) => ({
      ...outcome,
      kind: 'panic',
      message: 'sign extension operations support is not enabled',
      location: null,
      stack: [],
    }))
    expect({ compared, disagreements }).toEqual({ compared: 0, disagreements: [] })
    expect(skipped).toMatch(/cannot run the candidate: sign extension/)
  })

  it('does not run without a second executor, and says so', async () => {
    const context = await checkTestContext({ blockCount: 1 })
    const answer = await secondOpinions(context, await context.get(rehearsedBlocks))
    expect(answer).toEqual({ compared: 0, skipped: 'no second executor', disagreements: [] })
  })
})
