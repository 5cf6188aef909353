import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { DrydockError, errorMessage } from '../../harness/base/errors.ts'

/** A file that is written and not yet in its place. */
export interface StagedFile {
  /** Puts it in its place, instead of what was there. Throws `FILE_UNWRITABLE`. */
  commit(): void
  /** Takes it away; does nothing after `commit`. */
  discard(): void
}

/** Writes a text file that is there whole or not at all, replacing what was there. Throws `FILE_UNWRITABLE`. */
export function writeFileAtomically(path: string, text: string): void {
  stageFile(path, text).commit()
}

/** Writes a text beside `path`, on disk and whole. Throws `FILE_UNWRITABLE`. */
export function stageFile(path: string, text: string): StagedFile {
  const temporary = `${path}.writing-${randomUUID()}`
  const discard = () => rmSync(temporary, { force: true })
  const attempt = (action: () => void) => {
    try {
      action()
    } catch (cause) {
      discard()
      throw unwritable(path, cause)
    }
  }
  attempt(() => writeWhole(temporary, text))
  return { commit: () => attempt(() => renameSync(temporary, path)), discard }
}

/** `wx`: never through a link that somebody put there. */
function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'wx')
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** For what keeps a file, or its folder, from being written. */
export function unwritable(path: string, cause: unknown): DrydockError {
  return new DrydockError(`${path} can't be written: ${errorMessage(cause)}`, {
    code: 'FILE_UNWRITABLE',
    kind: 'environment',
    hints: ['Check that its folder exists and may be written to, and that the disk is not full.'],
    details: { path },
    cause,
  })
}
