import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'

/** Writes a file that is there whole or not at all, replacing what was there; throws what the file system throws. */
export function writeWhole(path: string, text: string): void {
  const temporary = `${path}.writing-${randomUUID()}`
  const file = openSync(temporary, 'wx')
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}
