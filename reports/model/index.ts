/** The result of a run as data. Every layer above the harness speaks of it in these types; it imports nothing. */
export { type CheckResult, type CheckStatus, findingsToStatus } from './checkResult.ts'
export type { ColumnKind, DataCell, DataColumn, DataTable } from './dataTable.ts'
export { type Acceptance, type Facts, type Finding, isCounted, isUnowned, type Severity } from './finding.ts'
export { checksToVerdict, type Verdict } from './verdict.ts'
