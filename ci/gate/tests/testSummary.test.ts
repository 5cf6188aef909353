import { describe, expect, it } from 'vitest'
import { formatTestSummary, summarizeTests } from './testSummary.ts'

function file(status: string, ...tests: readonly string[]): object {
  return { name: 'some.test.ts', status, assertionResults: tests.map((one) => ({ status: one })) }
}

describe('summarizeTests', () => {
  it('counts by status; todo and skipped are skipped', () => {
    const report = {
      testResults: [
        file('passed', 'passed', 'passed', 'skipped', 'todo'),
        file('failed', 'failed', 'skipped'),
      ],
    }
    expect(formatTestSummary(summarizeTests(report))).toBe('2 passed, 1 failed, 3 skipped')
  })

  it('counts tests without a result as failed, and names the file whose process ended before them', () => {
    const summary = summarizeTests({ testResults: [file('passed', 'passed', 'pending', 'pending')] })
    expect(summary).toEqual({
      passed: 1,
      failed: 2,
      skipped: 0,
      brokenOff: [{ file: 'some.test.ts', tests: 2 }],
    })
  })

  it('counts a file that could not be loaded as a failure', () => {
    expect(summarizeTests({ testResults: [file('failed')] })).toMatchObject({
      passed: 0,
      failed: 1,
      skipped: 0,
    })
    expect(summarizeTests({ testResults: [file('failed', 'passed')] })).toMatchObject({
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
