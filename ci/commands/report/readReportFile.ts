import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DrydockError, errorMessage } from '../../../harness/base/errors.ts'
import { type CheckReport, MAX_REPORT_BYTES, parseReport, reportTooLarge } from '../../../reports/index.ts'

/** Reads a report: a `report.json`, or the folder that has one. Throws `REPORT_UNREADABLE` (usage) and as `parseReport`. */
export function readReportFile(path: string): CheckReport {
  const file = filePath(path)
  return parseReport(readText(file), file)
}

function filePath(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, 'report.json') : path
}

function readText(file: string): string {
  try {
    const { size } = statSync(file)
    if (size > MAX_REPORT_BYTES) throw reportTooLarge(file, size)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof DrydockError) throw error
    throw new DrydockError(`cannot read a report from ${file}: ${errorMessage(error)}`, {
      code: 'REPORT_UNREADABLE',
      kind: 'usage',
      hints: ['Give the folder that drydock check --out wrote, or its report.json.'],
      details: { path: file },
      cause: error,
    })
  }
}
