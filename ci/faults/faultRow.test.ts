import { describe, expect, it } from 'vitest'
import { toFaultRow } from './faultRow.ts'
import { formatFaults } from './faultTable.ts'

const finding = (rule: string, severity: string, extra = {}) => ({
  check: 'difference.state',
  rule,
  severity,
  subject: 'Sudo.Key',
  ...extra,
})
const report = (verdict: string, findings: readonly unknown[]) =>
  JSON.stringify({ verdict, checks: [{ id: 'difference.state', status: 'failed', findings }] })
const row = (json: string, error = '') => toFaultRow({ name: 'sudo-lost', json, error, minutes: 1.26 })

describe('toFaultRow', () => {
  it('tells what counts, errors first, and leaves out notes and what was accepted', () => {
    const findings = [
      finding('changed', 'review'),
      finding('new', 'info'),
      finding('lost', 'error'),
      finding('allowed', 'error', { accepted: { reason: 'known', until: '2030-01-01' } }),
    ]
    expect(row(report('notReady', findings)).by).toEqual([
      'difference.state/lost Sudo.Key',
      'difference.state/changed Sudo.Key',
    ])
  })

  it('keeps the first line of what was said when there is no report', () => {
    expect(row('', 'no such file\nat main')).toMatchObject({ verdict: 'noReport', by: ['no such file'] })
    expect(row('{}').verdict).toBe('noReport')
  })
})

describe('formatFaults', () => {
  it('has a line for each reason and a count of verdicts', () => {
    const text = formatFaults([row(report('notReady', [finding('lost', 'error')])), row(report('ready', []))])
    expect(text).toMatch(/^fault +verdict +min +by\n/)
    expect(text).toContain('sudo-lost  notReady      1.3  difference.state/lost Sudo.Key')
    expect(text).toContain('2 candidates: 1 notReady, 1 ready')
  })
})
