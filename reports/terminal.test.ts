import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { renderJson } from './json.ts'
import { checksToVerdict } from './model/verdict.ts'
import { HOSTILE_TEXTS, poisoned } from './poisonedReport.testkit.ts'
import { FULL_REPORT, HOSTILE_REPORT, READY_REPORT } from './sampleReport.testkit.ts'
import { renderTerminal } from './terminal.ts'

describe('renderTerminal', () => {
  it('shows a candidate that is ready', async () => {
    await expect(renderTerminal(READY_REPORT)).toMatchFileSnapshot('./golden/ready.txt')
  })

  it('shows findings with evidence and the command, and every hostile text inert', async () => {
    await expect(renderTerminal(HOSTILE_REPORT)).toMatchFileSnapshot('./golden/hostile.txt')
  })

  it('writes no control character but the newline, whatever the report holds', () => {
    expect(renderTerminal(HOSTILE_REPORT).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
    expect(renderTerminal(HOSTILE_REPORT)).not.toMatch(/^::/m)
  })

  it('shows every part of a report', async () => {
    await expect(renderTerminal(FULL_REPORT)).toMatchFileSnapshot('./golden/full.txt')
  })

  it.each(HOSTILE_TEXTS)('is inert in a terminal and in a CI log with %j', (text) => {
    for (const drawn of [
      renderTerminal(poisoned(FULL_REPORT, text)),
      renderJson(poisoned(FULL_REPORT, text)),
    ]) {
      expect(drawn.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
      expect(drawn).not.toMatch(/^\s*::|##\w*\[/m)
    }
  })

  it('says the same with colors', () => {
    const colored = renderTerminal(HOSTILE_REPORT, { isColored: true })
    expect(colored).toContain('\u001b[31mNOT READY\u001b[39m')
    expect(stripVTControlCharacters(colored)).toBe(renderTerminal(HOSTILE_REPORT))
  })

  it.each([60, 80, 120])('wraps at %i columns, and keeps hashes and commands whole', (width) => {
    const lines = renderTerminal(READY_REPORT, { width }).split('\n')
    const tooLong = lines.filter(
      (text) => text.length > width && !/0x[0-9a-f]{64}|\.wasm|bytes before|\d {2}/.test(text),
    )
    expect(tooLong).toEqual([])
    expect(lines.join('\n')).toContain(READY_REPORT.inputs.runtime.submittedHash)
  })

  it('cuts long lists with a note', () => {
    const rows = Array.from({ length: 45 }, (_, index) => ({
      item: `P.I${index}`,
      knownTo: 'both' as const,
      added: 1,
      changed: 0,
      removed: 0,
      bytesBefore: 0,
      bytesAfter: 1,
    }))
    const text = renderTerminal({ ...READY_REPORT, storageDiff: rows })
    expect(text).toContain('5 more items in --json')
    expect(renderTerminal(HOSTILE_REPORT)).toContain('2 more findings of upgrade.diff in --json')
    expect(renderTerminal(HOSTILE_REPORT)).toContain('8 more lines in --json')
  })

  it('never calls a run without checks ready', () => {
    expect(renderTerminal({ ...READY_REPORT, verdict: checksToVerdict([]), checks: [] })).toContain(
      'NO VERDICT',
    )
  })
})

describe('checksToVerdict', () => {
  it.each([
    [[], 'inconclusive'],
    [['passed', 'passed'], 'ready'],
    [['passed', 'inconclusive'], 'inconclusive'],
    [['inconclusive', 'failed'], 'notReady'],
    [['passed', 'failed'], 'notReady'],
  ] as const)('%j is %s', (statuses, verdict) => {
    expect(checksToVerdict(statuses.map((status) => ({ status })))).toBe(verdict)
  })
})
