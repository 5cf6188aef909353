/**
 * The folder of an LMDB store: `data.mdb` with encoded keys (see `keyBytes`) to values, and `manifest.json`, written last.
 * LMDB keys end at 1,978 bytes; longer storage keys are rare, so they stand together as a packed image in one entry.
 *
 * LMDB maps the file and believes it: what is cut or no database ends the process. So the manifest has the file's size and
 * the hash of its two head pages, and both are checked before LMDB sees the file.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { DrydockError, errorMessage } from '../../base/errors.ts'

/** Longest key that LMDB takes with 4 KiB pages. */
export const MAX_LMDB_KEY_BYTES = 1978

/** All encoded storage keys are below this; the entry of the long keys is above. */
export const KEYS_END = new Uint8Array([2])

/** Where the packed image of the entries with too long keys stands; absent when there are none. */
export const LONG_KEYS_ENTRY = new Uint8Array([0xfe])

const FORMAT = 1
const HEAD_BYTES = 8192

/** What a finished store says about its content. */
export interface LmdbContent {
  readonly id: string
  readonly keyCount: number
}

export type LmdbDatabase = RootDatabase<Uint8Array, Uint8Array>

/** Opens the database: to build it, without waiting for the disk, or to read. Throws what `lmdb` throws. */
export function openDatabase(path: string, mode: 'build' | 'read'): LmdbDatabase {
  return open<Uint8Array, Uint8Array>({
    path,
    noSubdir: false,
    maxDbs: 1,
    keyEncoding: 'binary',
    encoding: 'binary',
    readOnly: mode === 'read',
    noSync: mode === 'build',
  })
}

/** Brings the closed database to the disk and marks the folder as finished. */
export function writeManifest(path: string, content: LmdbContent): void {
  const file = openSync(join(path, 'data.mdb'), 'r+')
  try {
    fsyncSync(file)
    const manifest = { format: FORMAT, ...content, ...identify(file) }
    writeFileSync(join(path, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true })
  } finally {
    closeSync(file)
  }
}

/** What the manifest says, after checks of the file. Throws `STORE_NOT_FOUND`, `STORE_CORRUPT`, `STORE_UNREADABLE`. */
export function readManifest(path: string): LmdbContent {
  if (!existsSync(path)) {
    throw new DrydockError(`There is no store at ${path}.`, {
      code: 'STORE_NOT_FOUND',
      kind: 'environment',
      details: { path },
    })
  }
  const fields = readFields(path)
  const id = fields.get('id')
  const keyCount = fields.get('keyCount')
  if (fields.get('format') !== FORMAT || typeof id !== 'string' || typeof keyCount !== 'number')
    throw corrupt(path, `its manifest is not of format ${FORMAT}`)
  const found = identifyFile(path)
  const sizeBytes = fields.get('sizeBytes')
  if (found.sizeBytes !== sizeBytes)
    throw corrupt(path, `data.mdb has ${found.sizeBytes} bytes, not ${sizeBytes}`)
  if (found.headSha256 !== fields.get('headSha256')) throw corrupt(path, 'the head of data.mdb was changed')
  return { id, keyCount }
}

/** The error for a store that the system does not let us read or write. */
export function lmdbError(
  code: 'STORE_UNREADABLE' | 'STORE_UNWRITABLE',
  path: string,
  cause: unknown,
): DrydockError {
  const act = code === 'STORE_UNREADABLE' ? 'read' : 'written'
  return new DrydockError(`The store ${path} cannot be ${act}: ${errorMessage(cause)}`, {
    code,
    kind: 'environment',
    hints: ['Check that the path is right, that its folder may be written, and that the disk has room.'],
    details: { path },
    cause,
  })
}

function readFields(path: string): Map<string, unknown> {
  let text: string
  try {
    text = readFileSync(join(path, 'manifest.json'), 'utf8')
  } catch (cause) {
    throw lmdbError('STORE_UNREADABLE', path, cause)
  }
  try {
    const parsed: unknown = JSON.parse(text)
    return new Map(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [])
  } catch {
    throw corrupt(path, 'its manifest is not JSON')
  }
}

function identifyFile(path: string): { sizeBytes: number; headSha256: string } {
  try {
    const file = openSync(join(path, 'data.mdb'), 'r')
    try {
      return identify(file)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw lmdbError('STORE_UNREADABLE', path, cause)
  }
}

function identify(file: number): { sizeBytes: number; headSha256: string } {
  const head = Buffer.alloc(HEAD_BYTES)
  readSync(file, head, 0, HEAD_BYTES, 0)
  return { sizeBytes: fstatSync(file).size, headSha256: createHash('sha256').update(head).digest('hex') }
}

function corrupt(path: string, why: string): DrydockError {
  return new DrydockError(`The store ${path} is damaged: ${why}.`, {
    code: 'STORE_CORRUPT',
    kind: 'environment',
    hints: ['Delete the folder and build it again.'],
    details: { path },
  })
}
