import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { renderJson } from '../json.ts'
import { HOSTILE_TEXTS, poisoned } from '../poisonedReport.testkit.ts'
import { FULL_REPORT, HOSTILE_REPORT, READY_REPORT } from '../sampleReport.testkit.ts'
import { reportJsonSchema } from './reportSchema.ts'

function validator() {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
  addFormats.default(ajv)
  return ajv.compile(reportJsonSchema())
}

describe('report.schema.json', () => {
  it('is the schema that reports are read with', async () => {
    await expect(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      './report.schema.json',
    )
  })

  it('takes every report that is written', () => {
    const validate = validator()
    const reports = [
      READY_REPORT,
      HOSTILE_REPORT,
      FULL_REPORT,
      ...HOSTILE_TEXTS.map((text) => poisoned(FULL_REPORT, text)),
    ]
    for (const report of reports) {
      validate(JSON.parse(renderJson(report)))
      expect(validate.errors).toBeNull()
    }
  })

  it.each([
    ['a verdict of its own', { verdict: 'great' }],
    ['an amount as a number', { blockWeightLimit: { refTimePs: 1, proofSizeBytes: '0' } }],
    ['checks that are none', { checks: [{}] }],
  ])('refuses %s', (_, change) => {
    const validate = validator()
    expect(validate({ ...JSON.parse(renderJson(FULL_REPORT)), ...change })).toBe(false)
  })
})
