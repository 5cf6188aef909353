import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { DrydockError, errorMessage } from '../../harness/base/errors.ts'

/** Writes a text file that is there whole or not at all, replacing what was there. Throws `FILE_UNWRITABLE`. */
export function writeFileAtomically(path: string, text: string): void {
  const temporary = `${path}.writing-${randomUUID()}`
  try {
    const file = openSync(temporary, 'wx')
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw new DrydockError(`${path} can't be written: ${errorMessage(cause)}`, {
      code: 'FILE_UNWRITABLE',
      kind: 'environment',
      hints: ['Check that its folder exists and may be written to, and that the disk is not full.'],
      details: { path },
      cause,
    })
  }
}
