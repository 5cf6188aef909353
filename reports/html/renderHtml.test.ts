import { describe, expect, it } from 'vitest'
import { renderJson } from '../json.ts'
import { parseReport } from '../parseReport.ts'
import { HOSTILE_TEXTS, poisoned, reportOfFindings } from '../poisonedReport.testkit.ts'
import { FULL_REPORT, HOSTILE_REPORT, READY_REPORT } from '../sampleReport.testkit.ts'
import { clip, html, slug } from './markup.ts'
import { renderHtml } from './renderHtml.ts'
import { STYLE } from './style.ts'

const MAX_BYTES = 1_500_000

/** The page without its style, which says nothing of the report. */
function withoutStyle(page: string): string {
  return page.replace(STYLE, '')
}

describe('renderHtml', () => {
  it('shows every part of a report', async () => {
    await expect(withoutStyle(renderHtml(FULL_REPORT))).toMatchFileSnapshot('../golden/full.html')
    await expect(withoutStyle(renderHtml(HOSTILE_REPORT))).toMatchFileSnapshot('../golden/hostile.html')
  })

  it.each(HOSTILE_TEXTS)('makes the same elements whatever the texts: %j', (text) => {
    const page = renderHtml(poisoned(FULL_REPORT, text))
    const elements = (markup: string) =>
      markup.match(/<[^>]*>/g)?.map((tag) => tag.replace(/"[^"]*"/g, '""').replace(' class=""', ''))
    expect(elements(page)).toEqual(elements(renderHtml(poisoned(FULL_REPORT, 'plain text of some length'))))
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    expect(page).not.toMatch(/<script|javascript:[^a]|\son\w+=["']/i)
  })

  it('has no script, no link to anywhere, and a policy that allows none', () => {
    const page = renderHtml(FULL_REPORT)
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"`,
    )
    expect(page.match(/(?:href|src|action)="[^"#]*"/g)).toEqual(['href="data:,"'])
    expect(STYLE).not.toMatch(/url\(|@import/)
  })

  it('is the same after reading the JSON back', () => {
    expect(renderHtml(parseReport(renderJson(FULL_REPORT)))).toBe(renderHtml(FULL_REPORT))
  })

  it('stays small with 10,000 findings, and counts those that only the JSON has', () => {
    const page = renderHtml(reportOfFindings(10_000))
    expect(Buffer.byteLength(page)).toBeLessThan(MAX_BYTES)
    expect(page.match(/<article/g)).toHaveLength(200)
    expect(page).toContain('200 of 10,000 findings are shown here')
    // Each check has its share.
    expect(page.match(/id="finding-\d+"/g)).toHaveLength(200)
    expect(page).toMatch(/storage\.decode\/rule0/)
  })

  it('stays small when everything is as large as can be', () => {
    const long = 'x<&"\u{e0041}漢'.repeat(2_000)
    const many = { ...reportOfFindings(10_000), ...bulk() }
    expect(Buffer.byteLength(renderHtml(poisoned(many, long)))).toBeLessThan(MAX_BYTES)
  })
})

describe('markup', () => {
  it('escapes what is filled in, and nothing twice', () => {
    const inner = html`<b title="${`"'`}">${'<&>'}</b>`
    expect(html`${inner}${['<', inner]}${null}${7}`.text).toBe(
      '<b title="&quot;&#39;">&lt;&amp;&gt;</b>&lt;<b title="&quot;&#39;">&lt;&amp;&gt;</b>7',
    )
  })

  it('cuts with a count, and makes names for links', () => {
    expect(clip('abcdef', 3)).toBe('abc … (3 more characters in report.json)')
    expect([slug('SubtensorModule.set_weights'), slug('"><x')]).toEqual(['subtensormodule-set-weights', 'x'])
  })
})

/** Tables, logs, storage and blocks far beyond what a run has. */
function bulk() {
  const [table] = FULL_REPORT.checks.flatMap(({ tables = [] }) => tables)
  if (table === undefined) throw new Error('the sample has no table')
  const rows = Array.from({ length: 5_000 }, (_, index) => [index, 1, 2, 3])
  const upgrade = FULL_REPORT.upgrade
  if (upgrade === undefined) throw new Error('the sample has no upgrade')
  const checks = reportOfFindings(10_000).checks.map((check, which) => ({
    ...check,
    tables: Array.from({ length: 8 }, (_, index) => ({ ...table, id: `table-${which}-${index}`, rows })),
  }))
  const item = {
    item: 'x',
    knownTo: 'none',
    added: 1,
    changed: 1,
    removed: 1,
    bytesBefore: 1,
    bytesAfter: 9,
  } as const
  return {
    checks,
    upgrade: {
      ...upgrade,
      logs: Array.from({ length: 5_000 }, () => ({ level: 1, target: 'x', message: 'x' })),
    },
    storageDiff: Array.from({ length: 5_000 }, (_, index) => ({ ...item, item: `Pallet${index}.Item` })),
    blocks: Array.from({ length: 5_000 }, (_, index) => ({ ...firstBlock(), number: index })),
  }
}

function firstBlock() {
  const [block] = READY_REPORT.blocks ?? []
  if (block === undefined) throw new Error('the sample has no block')
  return block
}
