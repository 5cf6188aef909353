import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DrydockError } from '../../harness/base/errors.ts'
import { REAL_FILES, type RealFileName } from './realFiles.ts'

/** No file of the catalog is larger; others are left unread. */
const MAX_BYTES = 32 * 1024 * 1024

/** The catalog's files that are at hand, found by content: names and folders do not matter. */
export class RealData {
  readonly #folder: string | null
  readonly #paths: ReadonlyMap<string, string>

  private constructor(folder: string | null, paths: ReadonlyMap<string, string>) {
    this.#folder = folder
    this.#paths = paths
  }

  /** Reads and hashes every file below `folder`, about a second for a gigabyte. Null: there is no data. */
  static open(folder: string | null): RealData {
    return new RealData(folder, folder === null ? new Map() : indexFolder(folder))
  }

  has(name: RealFileName): boolean {
    return this.#paths.has(REAL_FILES[name].blobId)
  }

  /** Path of a file; throws `REAL_DATA_MISSING`. */
  path(name: RealFileName): string {
    const path = this.#paths.get(REAL_FILES[name].blobId)
    if (path !== undefined) return path
    throw new DrydockError(`the real-data folder has no file ${describeFile(name)}`, {
      code: 'REAL_DATA_MISSING',
      kind: 'environment',
      hints: ['docs/realData.md says where it comes from.'],
    })
  }

  /** Why a test of these files cannot run, to go into its name; empty when it can. */
  skipReason(...names: readonly RealFileName[]): string {
    if (this.#folder === null) return ' (skipped: DRYDOCK_REAL_DATA is not set)'
    const missing = names.filter((name) => !this.has(name)).map(describeFile)
    return missing.length === 0 ? '' : ` (skipped: the real-data folder lacks ${missing.join(', ')})`
  }
}

function describeFile(name: RealFileName): string {
  const { repository, path, blobId } = REAL_FILES[name]
  return `${repository ?? 'a file'} ${path} (git blob ${blobId})`
}

function indexFolder(folder: string): ReadonlyMap<string, string> {
  const wanted = new Set<string>(Object.values(REAL_FILES).map(({ blobId }) => blobId))
  const paths = new Map<string, string>()
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, entry)
    const status = statSync(path)
    if (!status.isFile() || status.size > MAX_BYTES) continue
    const blobId = gitBlobId(readFileSync(path))
    if (wanted.has(blobId) && !paths.has(blobId)) paths.set(blobId, path)
  }
  return paths
}

function gitBlobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}
