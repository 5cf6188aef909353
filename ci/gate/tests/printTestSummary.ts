/** Prints the counts of a vitest JSON report as one line, and fails when a test failed or none ran. */
import { readFileSync } from 'node:fs'
import { formatTestSummary, summarizeTests, type TestSummary } from './testSummary.ts'

const summary = readSummary(process.argv[2])
for (const { file, tests } of summary.brokenOff) {
  process.stderr.write(`${file}: its process ended before ${tests} of its tests\n`)
}
process.stdout.write(`${formatTestSummary(summary)}\n`)
process.exitCode = summary.failed > 0 || summary.passed === 0 ? 1 : 0

/** A report that is not there or not whole means that the run itself broke: one failure. */
function readSummary(path: string | undefined): TestSummary {
  try {
    return summarizeTests(JSON.parse(readFileSync(path ?? '', 'utf8')))
  } catch (error) {
    process.stderr.write(`no test report: ${error instanceof Error ? error.message : String(error)}\n`)
    return { passed: 0, failed: 1, skipped: 0, brokenOff: [] }
  }
}
