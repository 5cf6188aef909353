/** Tests counted by what became of them. */
export interface TestSummary {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Files with tests that have no result, and how many: their process ended before them. */
  readonly brokenOff: readonly { readonly file: string; readonly tests: number }[]
}

/**
 * Counts the tests in vitest's JSON report. A file that failed without a failing test of its own, because it could not be
 * loaded or a hook threw, counts as one failed test, and a test that was to run and has no result as a failed one. Throws
 * `TypeError` for anything that is not such a report.
 */
export function summarizeTests(report: unknown): TestSummary {
  const files = arrayField(report, 'testResults')
  let [passed, failed, skipped] = [0, 0, 0]
  const brokenOff: { file: string; tests: number }[] = []
  for (const file of files) {
    const statuses = arrayField(file, 'assertionResults').map((test) => stringField(test, 'status'))
    const count = (wanted: string) => statuses.filter((status) => status === wanted).length
    const withoutResult = count('pending')
    const ownFailed = count('failed') + withoutResult
    const ownPassed = count('passed')
    if (withoutResult > 0) brokenOff.push({ file: stringField(file, 'name'), tests: withoutResult })
    passed += ownPassed
    failed += ownFailed === 0 && stringField(file, 'status') === 'failed' ? 1 : ownFailed
    skipped += statuses.length - ownPassed - ownFailed
  }
  return { passed, failed, skipped, brokenOff }
}

/** `12 passed, 0 failed, 1 skipped`. */
export function formatTestSummary({ passed, failed, skipped }: TestSummary): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

function arrayField(value: unknown, name: string): readonly unknown[] {
  const field = anyField(value, name)
  if (Array.isArray(field)) return field
  throw new TypeError(`not a vitest report: ${name} is not a list`)
}

function stringField(value: unknown, name: string): string {
  const field = anyField(value, name)
  if (typeof field === 'string') return field
  throw new TypeError(`not a vitest report: ${name} is not text`)
}

function anyField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
