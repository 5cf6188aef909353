import { FULL_REPORT } from '../../reports/sampleReport.testkit.ts'
import { REPORTERS } from './reporterNames.ts'
import { writeReportFiles } from './writeReportFiles.ts'

/** For a test that kills it: writes a report into the folder of its argument again and again. */
const folder = process.argv[2] ?? ''
for (;;) {
  writeReportFiles(folder, FULL_REPORT, REPORTERS)
  process.stdout.write('.')
}
