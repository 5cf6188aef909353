import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../../reports/model/checkResult.ts'
import type { Finding } from '../../reports/model/finding.ts'
import { formatFieldTable, outcomeOf } from './fieldTable.ts'
import { type FieldRow, said } from './selfUpgrade.ts'

const ROW: FieldRow = {
  file: 'a.json',
  chain: 'node/1',
  keys: 12,
  verdict: 'ready',
  findings: [],
  noResult: [],
  seconds: 1,
}

const FINDING: Finding = {
  check: 'blob.size',
  rule: 'tooLarge',
  severity: 'error',
  subject: 'size',
  title: 'too large',
  facts: {},
  evidence: [],
  reproduce: '',
}

const RESULT: CheckResult = {
  id: 'blob.size',
  title: '',
  status: 'failed',
  durationMs: 1,
  findings: [FINDING],
}

describe('the field table', () => {
  it('tells apart what was found, what has no result, and what ended without a report', () => {
    expect(outcomeOf(ROW)).toBe('quiet')
    expect(outcomeOf({ ...ROW, noResult: ['blob.size: no limit'] })).toBe('noVerdict')
    expect(outcomeOf({ ...ROW, findings: ['x'], noResult: ['y'] })).toBe('noisy')
    expect(outcomeOf({ ...ROW, verdict: 'none' })).toBe('noReport')
  })

  it('counts every finding but those that the upgrade to itself explains', () => {
    const identity = { ...RESULT, id: 'blob.identity' }
    const info = { ...RESULT, findings: [{ ...FINDING, severity: 'info' as const }] }
    expect(said({ checks: [identity, info] }).findings).toEqual([])
    expect(said({ checks: [RESULT] }).findings).toEqual(['error blob.size/tooLarge size: too large'])
    const silent: CheckResult = { ...RESULT, status: 'inconclusive', reason: 'none', findings: [] }
    expect(said({ checks: [silent] }).noResult).toEqual(['blob.size: none'])
  })

  it('shows names that files and runtimes chose without control characters', () => {
    const text = formatFieldTable([{ ...ROW, chain: 'a\u001b[2J', findings: ['b\nc'] }])
    expect(text).not.toContain('\u001b')
    expect(text.split('\n')).toHaveLength(4)
    expect(text).toContain('1 chains: 1 noisy')
  })
})
