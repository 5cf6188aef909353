import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DrydockError } from '../../harness/base/errors.ts'
import type { CheckReport } from '../../reports/index.ts'
import { REPORT_FILES, type Reporter } from './reporterNames.ts'
import { renderWith } from './reporters.ts'
import { type StagedFile, stageFile, unwritable } from './writeFileAtomically.ts'

/**
 * Writes a report into a folder, which is made when it is not there: `report.json`, and the files of `reporters`. First all of
 * them beside their places; then the files of an earlier report go, and these take their places, `report.json` last. So
 * whenever it is stopped, each file is whole, and a folder with a `report.json` has one report. Throws `FILE_UNWRITABLE`
 * (environment).
 */
export function writeReportFiles(folder: string, report: CheckReport, reporters: readonly Reporter[]): void {
  openFolder(folder)
  const names = [...REPORT_FILES].filter(([reporter]) => reporter === 'json' || reporters.includes(reporter))
  const staged: StagedFile[] = []
  try {
    for (const [reporter, name] of names) {
      staged.push(stageFile(join(folder, name), renderWith(reporter, report, {})))
    }
    removeEarlier(folder)
    for (const file of staged) file.commit()
  } finally {
    for (const file of staged) file.discard()
  }
}

function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    for (const entry of readdirSync(folder)) {
      if (isLeftover(entry)) rmSync(join(folder, entry), { force: true })
    }
  } catch (cause) {
    throw unwritable(folder, cause)
  }
  if (lstatSync(folder).isSymbolicLink()) {
    throw new DrydockError(`${folder} is a symbolic link, and reports are not written through one`, {
      code: 'FILE_UNWRITABLE',
      kind: 'environment',
      hints: ['Give --out the folder itself.'],
      details: { path: folder },
    })
  }
}

/** Of a run that was killed while it wrote. */
function isLeftover(entry: string): boolean {
  return [...REPORT_FILES.values()].some((name) => entry.startsWith(`${name}.writing-`))
}

/** `report.json` first, which says that the others are there. */
function removeEarlier(folder: string): void {
  for (const name of [...REPORT_FILES.values()].toReversed()) {
    try {
      rmSync(join(folder, name), { force: true })
    } catch (cause) {
      throw unwritable(join(folder, name), cause)
    }
  }
}
