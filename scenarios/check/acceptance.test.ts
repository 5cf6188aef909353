import { describe, expect, it } from 'vitest'
import type { Finding } from '../../reports/model/finding.ts'
import { type AcceptanceEntry, Acceptances } from './acceptance.ts'

const FINDING: Finding = {
  check: 'metadata.diff',
  rule: 'callGone',
  severity: 'error',
  subject: 'call Balances.transfer',
  title: 'The call Balances.transfer is gone',
  facts: {},
  evidence: ['a line'],
  reproduce: '',
}

function allowed(parts: Partial<AcceptanceEntry> = {}): AcceptanceEntry {
  return { check: 'metadata.diff', reason: 'announced', until: '2026-12-31', ...parts }
}

function acceptances(...entries: readonly AcceptanceEntry[]) {
  return new Acceptances({ severities: new Map(), acceptances: entries, today: '2026-11-26' })
}

describe('Acceptances', () => {
  it('leaves alone what nothing is said of', () => {
    expect(acceptances().apply([FINDING])).toEqual([FINDING])
  })

  it('sets severities by rule, and drops what is off', () => {
    const of = (severity: 'warning' | 'off') =>
      new Acceptances({
        severities: new Map([['metadata.diff/callGone', severity]]),
        acceptances: [],
        today: '2026-11-26',
      })
    expect(of('warning').apply([FINDING])).toMatchObject([{ severity: 'warning' }])
    expect(of('off').apply([FINDING, { ...FINDING, rule: 'other' }])).toMatchObject([{ rule: 'other' }])
  })

  it.each([
    [allowed(), true],
    [allowed({ rule: 'callGone', subject: 'call Balances.transfer' }), true],
    [allowed({ subject: 'call Balances.*' }), true],
    [allowed({ subject: '*.transfer' }), true],
    [allowed({ subject: 'call *s.tr*r' }), true],
    [allowed({ subject: 'call Balances.trans' }), false],
    [allowed({ subject: '*transfer_all' }), false],
    [allowed({ subject: 'call Balances.transfer*transfer' }), false],
    [allowed({ rule: 'callMoved' }), false],
    [allowed({ check: 'blob.size' }), false],
  ])('%j accepts: %s', (acceptance, isAccepted) => {
    const [finding] = acceptances(acceptance).apply([FINDING])
    expect(finding?.accepted !== undefined).toBe(isAccepted)
  })

  it('accepts on the last day, and not after it', () => {
    expect(acceptances(allowed({ until: '2026-11-26' })).apply([FINDING])[0]?.accepted?.reason).toBe(
      'announced',
    )
    const [late] = acceptances(allowed({ until: '2026-11-25' })).apply([FINDING])
    expect(late?.accepted).toBeUndefined()
    expect(late?.evidence).toEqual(['was accepted until 2026-11-25: announced', 'a line'])
  })

  it('names the acceptances that match no finding', () => {
    const [used, unused] = [allowed(), allowed({ check: 'blob.size' })]
    const all = acceptances(used, unused)
    all.apply([FINDING])
    expect(all.unused()).toEqual([unused])
  })
})
