import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { HOSTILE_TEXTS, poisoned, reportOfFindings } from './poisonedReport.testkit.ts'
import { FINDING, FULL_REPORT, HOSTILE_REPORT, READY_REPORT } from './sampleReport.testkit.ts'
import { renderSarif } from './sarif.ts'

const require = createRequire(import.meta.url)

/** The official schema, from the package of its authors. It is of draft 4, which for all that it uses differs in `id` alone. */
function validator() {
  const folder = dirname(require.resolve('@microsoft/jest-sarif'))
  const {
    id: _id,
    $schema: _draft,
    ...schema
  } = JSON.parse(readFileSync(join(folder, 'schemas/sarif-2.1.0-rtm.5.json'), 'utf8'))
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  addFormats.default(ajv)
  return ajv.compile(schema)
}

function resultsOf(report: typeof FULL_REPORT) {
  return JSON.parse(renderSarif(report)).runs[0].results
}

describe('renderSarif', () => {
  it('writes a result for each finding', async () => {
    await expect(renderSarif(FULL_REPORT)).toMatchFileSnapshot('./golden/full.sarif')
    await expect(renderSarif(HOSTILE_REPORT)).toMatchFileSnapshot('./golden/hostile.sarif')
  })

  it('is what the schema asks for, whatever the texts', () => {
    const validate = validator()
    const reports = [READY_REPORT, HOSTILE_REPORT, FULL_REPORT]
    for (const report of [...reports, ...HOSTILE_TEXTS.map((text) => poisoned(FULL_REPORT, text))]) {
      validate(JSON.parse(renderSarif(report)))
      expect(validate.errors).toBeNull()
    }
    expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false)
  })

  it('puts a finding where the panic is, and any other into the runtime file', () => {
    const [panic] = resultsOf(HOSTILE_REPORT)
    expect(panic.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'pallets/subtensor/src/epoch.rs' },
          region: { startLine: 123, startColumn: 9 },
        },
        logicalLocations: [{ fullyQualifiedName: 'sample subject' }],
      },
    ])
    const other = resultsOf({
      ...FULL_REPORT,
      checks: [{ ...check(), findings: [{ ...FINDING, facts: {} }] }],
    })
    expect(other[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
      'node_subtensor_runtime.compact.compressed.wasm',
    )
  })

  it.each([
    ['/root/.cargo/registry/a b/lib.rs:3:4', 'file:///root/.cargo/registry/a%20b/lib.rs'],
    ['../../../etc/x.rs:3:4', 'etc/x.rs'],
    ['C:\\a\\b.rs:1:1', 'file:///C%3A/a/b.rs'],
    ['javascript:alert(1).rs:1:1', 'javascript%3Aalert(1).rs'],
  ])('takes %s for %s', (location, uri) => {
    const report = {
      ...FULL_REPORT,
      checks: [{ ...check(), findings: [{ ...FINDING, facts: { location } }] }],
    }
    expect(resultsOf(report)[0].locations[0].physicalLocation.artifactLocation.uri).toBe(uri)
  })

  it('recognizes a finding by check, rule and subject alone', () => {
    const fingerprints = (findings: readonly (typeof FINDING)[]) =>
      resultsOf({ ...FULL_REPORT, checks: [{ ...check(), findings }] }).map(
        (result: { partialFingerprints: object }) => Object.values(result.partialFingerprints)[0],
      )
    const [a, b, c] = fingerprints([
      FINDING,
      { ...FINDING, title: 'other words', facts: { block: 9 }, evidence: [] },
      { ...FINDING, subject: 'another' },
    ])
    expect(a).toBe(b)
    expect(a).not.toBe(c)
  })

  it('keeps the most severe 5,000 within what GitHub takes', () => {
    const text = renderSarif(reportOfFindings(10_000))
    expect(JSON.parse(text).runs[0].results).toHaveLength(5_000)
    expect(JSON.parse(text).runs[0].properties.resultsLeftOut).toBe(5_000)
  })
})

function check() {
  return { id: 'blocks.run', title: 'Blocks', status: 'failed' as const, durationMs: 1 }
}
