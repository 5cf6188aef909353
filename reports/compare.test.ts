import { describe, expect, it } from 'vitest'
import type { CheckReport, StorageDiffRow } from './checkReport.ts'
import { compareReports, isRegression } from './compare.ts'
import { renderComparison } from './comparisonTerminal.ts'
import { HOSTILE_TEXTS, poisoned, reportOfFindings } from './poisonedReport.testkit.ts'
import { FINDING, FULL_REPORT, READY_REPORT } from './sampleReport.testkit.ts'

function withFindings(findings: readonly (typeof FINDING)[]): CheckReport {
  const check = { id: 'blocks.run', title: 'Blocks', status: 'passed' as const, durationMs: 1, findings }
  return { ...READY_REPORT, checks: [check] }
}

describe('compareReports', () => {
  it('finds nothing between a report and itself but that it is the same candidate', () => {
    const comparison = compareReports(FULL_REPORT, FULL_REPORT)
    expect(comparison).toMatchObject({ newFindings: [], goneFindings: [], checks: [], measures: [] })
    expect(comparison.sameFindingCount).toBe(3)
    expect(comparison.notes).toEqual(['The candidate is the same.'])
    expect(isRegression(comparison)).toBe(false)
  })

  it('knows a finding again by check, rule and subject, and counts how often', () => {
    const moved = { ...FINDING, title: 'Block 9 logs an error', facts: { block: 9 } }
    expect(compareReports(withFindings([FINDING]), withFindings([moved])).newFindings).toEqual([])
    expect(compareReports(withFindings([FINDING]), withFindings([moved, moved])).newFindings).toEqual([moved])
    const other = { ...FINDING, subject: 'another' }
    const comparison = compareReports(withFindings([FINDING]), withFindings([other]))
    expect([comparison.newFindings, comparison.goneFindings]).toEqual([[other], [FINDING]])
  })

  it('calls a new finding that counts, and a lost result, a regression', () => {
    const error = { ...FINDING, severity: 'error' as const }
    const accepted = { ...error, accepted: { reason: 'known', until: '2099-01-01' } }
    const from = (findings: readonly (typeof FINDING)[]) =>
      isRegression(compareReports(withFindings([]), withFindings(findings)))
    expect([from([FINDING]), from([error]), from([accepted])]).toEqual([false, true, false])
    // One that was accepted and now counts is new.
    expect(isRegression(compareReports(withFindings([accepted]), withFindings([error])))).toBe(true)
    const [check] = withFindings([]).checks
    if (check === undefined) throw new Error('no check')
    const lost = { ...READY_REPORT, checks: [{ ...check, status: 'inconclusive' as const }] }
    expect(isRegression(compareReports(withFindings([]), lost))).toBe(true)
  })

  it('says what else is not the same', () => {
    const { fork } = READY_REPORT.inputs
    const elsewhere = { ...fork, network: 'Other', stateRoot: `0x${'00'.repeat(32)}`, blockNumber: 9 }
    const after = { ...READY_REPORT, inputs: { ...READY_REPORT.inputs, fork: elsewhere } }
    expect(compareReports(READY_REPORT, after).notes).toEqual([
      'The networks differ: Bittensor and Other.',
      'The states differ: block 0 and block 9.',
      'The candidate is the same.',
    ])
  })
})

describe('storage', () => {
  const row = (item: string, changed: number, bytesAfter = 100): StorageDiffRow => {
    return { item, knownTo: 'both', added: 2, changed, removed: 0, bytesBefore: 100, bytesAfter }
  }
  const withStorage = (storageDiff: readonly StorageDiffRow[]): CheckReport => ({
    ...READY_REPORT,
    storageDiff,
  })
  const before = withStorage([row('A.Same', 1), row('A.Gone', 1), row('A.More', 1)])
  const after = withStorage([row('A.New', 1_000, 40), row('A.Same', 1), row('A.More', 2, 1_100)])

  it('has the items that the two upgrades changed differently', () => {
    const { storage } = compareReports(before, after)
    expect(storage.map(({ item, ...rows }) => [item, rows.before?.changed, rows.after?.changed])).toEqual([
      ['A.New', undefined, 1_000],
      ['A.More', 1, 2],
      ['A.Gone', 1, undefined],
    ])
    expect(compareReports(before, before).storage).toEqual([])
  })

  it('says so when one of the two did not look', () => {
    const { storageDiff: _, ...without } = READY_REPORT
    const comparison = compareReports(without, after)
    expect(comparison.storage).toEqual([])
    expect(comparison.notes).toContain('Only one report lists what the upgrade changed in storage.')
    expect(compareReports(without, without).notes).toEqual(['The candidate is the same.'])
  })

  it('is shown in words, and cut when there is much of it', () => {
    const text = renderComparison(compareReports(before, after))
    expect(text).toContain('Storage changes that differ')
    expect(text).toMatch(/A\.New +nothing -> 2 added, 1,000 changed, -60 bytes/)
    expect(text).toMatch(/A\.More +2 added, 1 changed -> 2 added, 2 changed, \+1,000 bytes/)
    expect(text).toMatch(/A\.Gone +2 added, 1 changed -> nothing/)
    const many = withStorage(Array.from({ length: 50 }, (_, i) => row(`B.${i}`, 1)))
    expect(renderComparison(compareReports(before, many))).toContain('13 more items in --json')
  })
})

describe('renderComparison', () => {
  it('shows what is new and what is gone', async () => {
    const text = renderComparison(compareReports(READY_REPORT, FULL_REPORT))
    await expect(text).toMatchFileSnapshot('./golden/comparison.txt')
  })

  it('cuts long lists, and keeps hostile texts inert', () => {
    const many = renderComparison(compareReports(READY_REPORT, reportOfFindings(100)))
    expect(many).toContain('70 more findings in --json')
    for (const hostile of HOSTILE_TEXTS) {
      const text = renderComparison(compareReports(READY_REPORT, poisoned(FULL_REPORT, hostile)))
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
      expect(text).not.toMatch(/^\s*::|##\w*\[/m)
    }
  })
})
