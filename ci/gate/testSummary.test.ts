import { describe, expect, it } from 'vitest'
import { formatTestSummary, summarizeTests } from './testSummary.ts'

function file(status: string, ...tests: readonly string[]): object {
  return { status, assertionResults: tests.map((one) => ({ status: one })) }
}

describe('summarizeTests', () => {
  it('counts by status; todo, pending and skipped are skipped', () => {
    const report = {
      testResults: [
        file('passed', 'passed', 'passed', 'skipped', 'todo'),
        file('failed', 'failed', 'pending'),
      ],
    }
    expect(formatTestSummary(summarizeTests(report))).toBe('2 passed, 1 failed, 3 skipped')
  })

  it('counts a file that could not be loaded as a failure', () => {
    expect(summarizeTests({ testResults: [file('failed')] })).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(summarizeTests({ testResults: [file('failed', 'passed')] })).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    })
  })

  it.each([null, {}, { testResults: 1 }, { testResults: [{}] }, { testResults: [file('passed'), 3] }])(
    'refuses %j',
    (report) => {
      expect(() => summarizeTests(report)).toThrow(TypeError)
    },
  )
})
