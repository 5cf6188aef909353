import { describe, expect, it } from 'vitest'
import { exampleModule } from '../examples/exampleModule.testkit.ts'
import { fuzzInThread } from './fuzzInThread.ts'

const QUICK = { runs: 300, runsAfterFinding: 0, largest: { maxN: 64, cap: 8 }, seed: 7 }

describe('fuzzInThread', () => {
  it('gives what a campaign in the same thread gives, and findings as they come', async () => {
    const seen: string[] = []
    const answer = await fuzzInThread(exampleModule('badDivZero'), {
      ...QUICK,
      deadlineMs: 60_000,
      signal: new AbortController().signal,
      onFinding: ({ property }) => seen.push(property),
    })
    expect(seen).toEqual(['trap'])
    expect(answer).toMatchObject({ kind: 'done', result: { findings: [{ property: 'trap', n: 1 }] } })
  })

  it('ends at its deadline a campaign that would go on for days', async () => {
    const answer = await fuzzInThread(exampleModule('goodMean'), {
      ...QUICK,
      runs: 1e12,
      deadlineMs: 1500,
      signal: new AbortController().signal,
    })
    expect(answer).toEqual({ kind: 'deadline', findings: [] })
  })

  it('ends when it is told to', async () => {
    const controller = new AbortController()
    const answer = fuzzInThread(exampleModule('goodMean'), {
      ...QUICK,
      runs: 1e12,
      deadlineMs: 600_000,
      signal: controller.signal,
    })
    controller.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
  })
})
