import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DrydockError, errorMessage } from '../../base/errors.ts'

/** How far a reading is, in bytes of the file as it lies on disk. */
export interface ReadProgress {
  readonly bytesRead: number
  readonly totalBytes: number
}

/** What every reading of a large file takes. */
export interface ReadOptions {
  /** Ends the reading; it then throws the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after each piece that was read, several times a second. */
  readonly onProgress?: (progress: ReadProgress) => void
}

/** The content of a file from its start, gunzipped when it is gzip. */
export interface ByteSource {
  readonly progress: ReadProgress
  /** Fills `into` from `offset` with at least one byte; 0 at the end. Throws `FILE_UNREADABLE`, `FILE_TRUNCATED`. */
  read(into: Uint8Array, offset: number): Promise<number>
  close(): Promise<void>
}

const GUNZIP_CHUNK_BYTES = 1024 * 1024

/** Opens a file to read from its start. Throws `FILE_NOT_FOUND` (usage), `FILE_UNREADABLE` (environment). */
export async function openByteSource(path: string): Promise<ByteSource> {
  const { file, sizeBytes } = await openSized(path)
  try {
    const magic = new Uint8Array(2)
    await file.read(magic, 0, 2, 0)
    if (magic[0] !== 0x1f || magic[1] !== 0x8b) return plainSource(path, file, sizeBytes)
  } catch (cause) {
    await file.close()
    throw fileError(path, cause)
  }
  await file.close()
  return gunzipSource(path, sizeBytes)
}

/** Opens a file for reading and asks for its size; errors as `openByteSource`. */
export async function openSized(
  path: string,
): Promise<{ readonly file: FileHandle; readonly sizeBytes: number }> {
  try {
    const file = await open(path, 'r')
    try {
      return { file, sizeBytes: (await file.stat()).size }
    } catch (cause) {
      await file.close()
      throw cause
    }
  } catch (cause) {
    throw fileError(path, cause)
  }
}

/** The error for a file that the system does not let us read. */
export function fileError(path: string, cause: unknown): DrydockError {
  if (codeOf(cause) === 'ENOENT') {
    return new DrydockError(`There is no file ${path}.`, {
      code: 'FILE_NOT_FOUND',
      kind: 'usage',
      details: { path },
      cause,
    })
  }
  return new DrydockError(`${path} cannot be read: ${errorMessage(cause)}`, {
    code: 'FILE_UNREADABLE',
    kind: 'environment',
    details: { path },
    cause,
  })
}

function plainSource(path: string, file: FileHandle, totalBytes: number): ByteSource {
  let bytesRead = 0
  return {
    get progress() {
      return { bytesRead, totalBytes }
    },
    async read(into, offset) {
      try {
        const { bytesRead: got } = await file.read(into, offset, into.length - offset, bytesRead)
        bytesRead += got
        return got
      } catch (cause) {
        throw fileError(path, cause)
      }
    },
    close: () => file.close(),
  }
}

function gunzipSource(path: string, totalBytes: number): ByteSource {
  const compressed = createReadStream(path)
  const inflated = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES })
  // Errors reach the reader through `inflated`, which `pipeline` destroys with them.
  pipeline(compressed, inflated, () => {})
  const chunks: AsyncIterator<unknown> = inflated[Symbol.asyncIterator]()
  let pending: Uint8Array = new Uint8Array()
  return {
    get progress() {
      return { bytesRead: compressed.bytesRead, totalBytes }
    },
    async read(into, offset) {
      while (pending.length === 0) {
        const { done, value } = await nextChunk(path, chunks)
        if (done === true || !(value instanceof Uint8Array)) return 0
        pending = value
      }
      const got = Math.min(pending.length, into.length - offset)
      into.set(pending.subarray(0, got), offset)
      pending = pending.subarray(got)
      return got
    },
    async close() {
      compressed.destroy()
      inflated.destroy()
    },
  }
}

async function nextChunk(path: string, chunks: AsyncIterator<unknown>): Promise<IteratorResult<unknown>> {
  try {
    return await chunks.next()
  } catch (cause) {
    const code = codeOf(cause)
    if (!code.startsWith('Z_')) throw fileError(path, cause)
    throw new DrydockError(`${path} is gzip, but damaged or cut: ${errorMessage(cause)}`, {
      code: code === 'Z_BUF_ERROR' ? 'FILE_TRUNCATED' : 'FILE_CORRUPT',
      kind: 'environment',
      hints: ['Get the file again.'],
      details: { path },
      cause,
    })
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
