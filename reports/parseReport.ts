import { DrydockError } from '../harness/base/errors.ts'
import { type CheckReport, REPORT_SCHEMA_VERSION } from './checkReport.ts'
import { reportSchema } from './schema/reportSchema.ts'

/** A report of 10,000 findings has a tenth of it. */
export const MAX_REPORT_BYTES = 256 * 1_048_576
const MAX_ISSUES = 5

/**
 * Reads a `report.json` back. Throws `REPORT_UNREADABLE` (usage) for what is none, `REPORT_VERSION` for one of another schema
 * version, `REPORT_TOO_LARGE` above `MAX_REPORT_BYTES`. `name` says in messages whose text it is.
 */
export function parseReport(text: string, name = 'the report'): CheckReport {
  if (text.length > MAX_REPORT_BYTES) throw reportTooLarge(name, text.length)
  const data = parseJson(text, name)
  const version = schemaVersionOf(data)
  if (version !== REPORT_SCHEMA_VERSION) throw otherVersion(name, version)
  const result = reportSchema.safeParse(data)
  if (result.success) return result.data
  const problems = result.error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => `${issue.path.map(String).join('.') || 'the whole'}: ${issue.message}`)
  throw unreadable(name, problems.join('; '))
}

/** Also for a file that was not even read. */
export function reportTooLarge(name: string, sizeBytes: number): DrydockError {
  return new DrydockError(
    `${name} has ${sizeBytes} bytes, more than the ${MAX_REPORT_BYTES} that a report may have`,
    { code: 'REPORT_TOO_LARGE', kind: 'usage', details: { sizeBytes, limit: MAX_REPORT_BYTES } },
  )
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(name, 'it is not JSON', error)
  }
}

function schemaVersionOf(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || !('schemaVersion' in data)) return null
  return data.schemaVersion
}

function otherVersion(name: string, version: unknown): DrydockError {
  if (typeof version !== 'number') return unreadable(name, 'it has no schemaVersion')
  return new DrydockError(
    `${name} has schema version ${version}, and this Drydock reads version ${REPORT_SCHEMA_VERSION}`,
    {
      code: 'REPORT_VERSION',
      kind: 'usage',
      hints: ['Read it with the Drydock that wrote it: its version is in the field tool.'],
      details: { version, expected: REPORT_SCHEMA_VERSION },
    },
  )
}

function unreadable(name: string, problem: string, cause?: unknown): DrydockError {
  return new DrydockError(`${name} is not a report of drydock check: ${problem}`, {
    code: 'REPORT_UNREADABLE',
    kind: 'usage',
    hints: ['Give a report.json, or the folder that drydock check --out wrote.'],
    ...(cause === undefined ? {} : { cause }),
  })
}
