import { describe, expect, it } from 'vitest'
import { EXIT_CODE, errorKindToExitCode, verdictToExitCode } from './exitCode.ts'

describe('exit codes', () => {
  it('are the documented ones', () => {
    expect(EXIT_CODE).toEqual({
      ready: 0,
      notReady: 1,
      usage: 2,
      environment: 3,
      inconclusive: 4,
      review: 5,
      bug: 70,
      interrupted: 130,
      terminated: 143,
    })
  })

  it('follow from verdicts and kinds of error', () => {
    expect(
      (['ready', 'notReady', 'inconclusive', 'review'] as const).map((one) => verdictToExitCode(one)),
    ).toEqual([0, 1, 4, 5])
    expect(verdictToExitCode('review', 'notReady')).toBe(1)
    expect(verdictToExitCode('review', 'ready')).toBe(0)
    expect(verdictToExitCode('inconclusive', 'ready')).toBe(4)
    expect((['usage', 'environment', 'inconclusive', 'bug'] as const).map(errorKindToExitCode)).toEqual([
      2, 3, 4, 70,
    ])
  })
})
