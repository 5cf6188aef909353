import { describe, expect, it } from 'vitest'
import { type BenchRow, spread } from './benchCase.ts'
import { formatSpread, formatTable, formatWork } from './benchTable.ts'

const row: BenchRow = {
  kind: 'measured',
  name: 'empty block',
  times: { thread: spread([0.5]), memory: spread([200, 100, 150]) },
  ratios: { memory: 300 },
  work: { reads: 48, nextKeys: 2 },
}
const failed: BenchRow = { kind: 'failed', name: 'upgrade', message: 'Chopsticks: no block was built' }

describe('formatTable', () => {
  it('has a line for each case, with what the baseline had', () => {
    const before: BenchRow = { ...row, ratios: { memory: 9.46 } }
    expect(formatTable([row, failed], [before])).toMatchInlineSnapshot(`
      "case         ours                    ours, worker  Chopsticks, genesis file  Chopsticks, from memory            its executor alone
      empty block  0.500 (0.500-0.500) x1  -             -                         150 (100-200) x3 = 300x, was 9.5x  -
      upgrade      FAILED: Chopsticks: no block was built
      "
    `)
  })

  it('says nothing of a baseline that has no such case', () => {
    expect(formatTable([row], [failed])).not.toContain('was')
  })
})

describe('formatSpread', () => {
  it('keeps three digits', () => {
    expect(formatSpread({ median: 0.0334, min: 0.0301, max: 1.234, runs: 40 })).toBe('0.033 (0.030-1.23) x40')
    expect(formatSpread({ median: 12.34, min: 9.999, max: 1234.5, runs: 3 })).toBe('12.3 (10.00-1235) x3')
  })
})

describe('formatWork', () => {
  it('names the counters of measured cases', () => {
    expect(formatWork([row, failed])).toBe('  empty block: 48 reads, 2 nextKeys\n')
  })
})
