import { readFile, stat } from 'node:fs/promises'
import { hexToBytes } from '../../base/bytes.ts'
import { DrydockError, errorMessage } from '../../base/errors.ts'
import { CODE_BLOB_BOMB_LIMIT } from './decompressRuntime.ts'

const HEX_TEXT = /^\s*"?(?:0x)?([0-9a-fA-F\s]+)"?\s*$/
/** Enough to tell text from binary; no module or compressed module starts with sixteen hex digits. */
const SNIFFED_BYTES = 18

/**
 * The bytes of a runtime file: wasm, compressed wasm, or either as hex text (with or without `0x`, as in a chain spec's
 * code substitutes). Errors: `RUNTIME_FILE_UNREADABLE` (usage, with the reason), `BLOB_TOO_LARGE`, `BLOB_NOT_WASM` for
 * hex that is damaged.
 */
export async function readRuntimeBytes(path: string): Promise<Uint8Array> {
  const bytes = await read(path)
  if (!looksLikeHex(bytes)) return bytes
  const digits = HEX_TEXT.exec(Buffer.from(bytes).toString('latin1'))?.[1]?.replaceAll(/\s/g, '')
  if (digits !== undefined && digits.length % 2 === 0) return hexToBytes(digits)
  throw new DrydockError(`damaged hex: ${path} starts as hex text but ${whatIsWrong(digits)}`, {
    code: 'BLOB_NOT_WASM',
    kind: 'usage',
    hints: ['Write the file again, or give the runtime as binary wasm.'],
    details: { path },
  })
}

async function read(path: string): Promise<Uint8Array> {
  try {
    const status = await stat(path)
    if (!status.isFile())
      throw unreadable(path, status.isDirectory() ? 'it is a directory' : 'it is not a regular file')
    if (status.size > 2 * CODE_BLOB_BOMB_LIMIT + SNIFFED_BYTES) throw tooLarge(path, status.size)
    return new Uint8Array(await readFile(path))
  } catch (error) {
    throw error instanceof DrydockError ? error : unreadable(path, reasonOf(error), error)
  }
}

function looksLikeHex(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1').trimStart()
  return /^"?(?:0x)?[0-9a-fA-F]{8,}$/.test(head.trimEnd())
}

function whatIsWrong(digits: string | undefined): string {
  return digits === undefined
    ? 'has other characters in it'
    : `has an odd number of digits (${digits.length})`
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'the file does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  return errorMessage(error)
}

function unreadable(path: string, reason: string, cause?: unknown): DrydockError {
  return new DrydockError(`cannot read runtime ${path}: ${reason}`, {
    code: 'RUNTIME_FILE_UNREADABLE',
    kind: 'usage',
    hints: ['Give the path of a runtime, such as `…_runtime.compact.compressed.wasm`.'],
    details: { path },
    cause,
  })
}

function tooLarge(path: string, sizeBytes: number): DrydockError {
  return new DrydockError(
    `runtime too large: ${path} has ${sizeBytes} bytes, limit ${CODE_BLOB_BOMB_LIMIT}`,
    {
      code: 'BLOB_TOO_LARGE',
      kind: 'usage',
      hints: ['Nodes refuse code above 50 MiB.'],
      details: { path, sizeBytes },
    },
  )
}
