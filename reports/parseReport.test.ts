import { describe, expect, it } from 'vitest'
import type { CheckReport } from './checkReport.ts'
import { renderJson } from './json.ts'
import { parseReport, reportTooLarge } from './parseReport.ts'
import { HOSTILE_TEXTS, poisoned } from './poisonedReport.testkit.ts'
import { FULL_REPORT, HOSTILE_REPORT, READY_REPORT } from './sampleReport.testkit.ts'

/** Fails to compile when the full sample lacks a field of the report. */
const EVERY_FIELD: Required<CheckReport> = { ...FULL_REPORT, ...requiredOf(FULL_REPORT) }

describe('parseReport', () => {
  it.each([READY_REPORT, HOSTILE_REPORT, FULL_REPORT, EVERY_FIELD])(
    'gives back report %# as it was written',
    (report) => {
      expect(parseReport(renderJson(report))).toEqual(report)
    },
  )

  it('gives back hostile texts word for word', () => {
    for (const text of HOSTILE_TEXTS) {
      const report = poisoned(FULL_REPORT, text)
      expect(parseReport(renderJson(report))).toEqual(report)
    }
  })

  it('leaves out what it does not know, and keys that would change an object', () => {
    const text = renderJson(READY_REPORT).replace('{', '{"later": 1, "__proto__": {"verdict": "ready"},')
    expect(parseReport(text)).toEqual(READY_REPORT)
  })

  it.each([
    ['', 'REPORT_UNREADABLE', 'it is not JSON'],
    ['[]', 'REPORT_UNREADABLE', 'it has no schemaVersion'],
    ['null', 'REPORT_UNREADABLE', 'it has no schemaVersion'],
    [
      '{"schemaVersion":1}',
      'REPORT_VERSION',
      'a.json has schema version 1, and this Drydock reads version 3',
    ],
    ['{"schemaVersion":4}', 'REPORT_VERSION', 'schema version 4'],
    [
      '{"schemaVersion":3}',
      'REPORT_UNREADABLE',
      'a.json is not a report of drydock check: tool: Invalid input',
    ],
  ])('refuses %j', (text, code, message) => {
    expect(() => parseReport(text, 'a.json')).toThrow(expect.objectContaining({ code, kind: 'usage' }))
    expect(() => parseReport(text, 'a.json')).toThrow(message)
  })

  it('refuses a verdict that does not follow from the checks', () => {
    const forged = renderJson({ ...FULL_REPORT, verdict: 'ready' })
    expect(() => parseReport(forged)).toThrow('verdict: it is not the one that follows from the checks')
  })

  it('names the size and the limit of a file that is too large', () => {
    expect(reportTooLarge('a.json', 3e9).message).toBe(
      'a.json has 3000000000 bytes, more than the 268435456 that a report may have',
    )
  })
})

function requiredOf(report: CheckReport) {
  const { settings, startedAt, machine, shard, mergedFrom, notRequested, notes, assumptions } = report
  const { upgrade, storageDiff, blocks, blockWeightLimit } = report
  if (settings === undefined || startedAt === undefined || machine === undefined) throw new Error('sample')
  if (shard === undefined || mergedFrom === undefined || notRequested === undefined) throw new Error('sample')
  if (notes === undefined || assumptions === undefined || upgrade === undefined) throw new Error('sample')
  if (storageDiff === undefined || blocks === undefined || blockWeightLimit === undefined)
    throw new Error('sample')
  const first = { settings, startedAt, machine, shard, mergedFrom, notRequested, notes, assumptions }
  return { ...first, upgrade, storageDiff, blocks, blockWeightLimit }
}
