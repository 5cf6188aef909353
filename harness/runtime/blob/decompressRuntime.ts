import { bytesToHex } from '../../base/bytes.ts'
import { DrydockError } from '../../base/errors.ts'
import { decompressZstd } from './zstd/decompressZstd.ts'

/** How a runtime was wrapped when it was submitted. */
export type RuntimeCompression = 'none' | 'zstd'

export interface DecompressedRuntime {
  readonly compression: RuntimeCompression
  /** The module; the submitted bytes themselves when they were not compressed. */
  readonly wasm: Uint8Array
}

/** What a node accepts as code, compressed or not: 50 MiB (`CODE_BLOB_BOMB_LIMIT`). */
export const CODE_BLOB_BOMB_LIMIT = 50 * 1024 * 1024

const PREFIX_BYTES = 8
/** All prefixes share seven bytes; the eighth says what is inside. */
const ZSTD_PREFIX = '52bc537646db8e'
const PREFIX_LEGACY = 5
const PREFIX_POV = 6
const PREFIX_WASM = 7
const PREFIX_PVM = 8

/**
 * Takes off the zstd wrapping of a runtime, if there is one.
 *
 * Errors: `BLOB_EMPTY`, `BLOB_NOT_WASM`, `BLOB_TOO_LARGE`, `BLOB_BOMB` when the output would pass `limitBytes` (noticed in
 * bounded memory), `BLOB_TRUNCATED` and `BLOB_MALFORMED` for damaged zstd.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/218b8267359fe1455aa0fc9c3653a8d4ebcffb98/substrate/primitives/maybe-compressed-blob/src/lib.rs
 */
export function decompressRuntime(
  submitted: Uint8Array,
  limitBytes: number = CODE_BLOB_BOMB_LIMIT,
): DecompressedRuntime {
  if (submitted.length === 0) {
    throw usage('BLOB_EMPTY', 'empty runtime: the file has 0 bytes', ['Check that the build wrote the file.'])
  }
  if (submitted.length > limitBytes) throw tooLarge(submitted.length, limitBytes)
  if (bytesToHex(submitted.subarray(0, PREFIX_BYTES - 1)) === `0x${ZSTD_PREFIX}` && submitted.length >= 8) {
    assertCodePrefix(submitted[PREFIX_BYTES - 1] ?? 0)
    const wasm = decompressZstd(submitted.subarray(PREFIX_BYTES), {
      limitBytes,
      onLimit: () => bomb(submitted.length, limitBytes),
    })
    assertWasmMagic(wasm, 'decompresses to')
    return { compression: 'zstd', wasm }
  }
  assertWasmMagic(submitted, 'is')
  return { compression: 'none', wasm: submitted }
}

function assertCodePrefix(kind: number): void {
  if (kind === PREFIX_LEGACY || kind === PREFIX_WASM) return
  if (kind === PREFIX_PVM) throw notWasm('is a compressed PolkaVM program', PVM_HINT)
  if (kind === PREFIX_POV) {
    throw notWasm('is a compressed proof of validity, not code', 'Give the runtime (`:code`), not a PoV.')
  }
  throw notWasm(
    `has the unknown compression prefix ${ZSTD_PREFIX}${kind.toString(16).padStart(2, '0')}`,
    NODE_HINT,
  )
}

const NODE_HINT =
  'A node refuses it as well: use the `.compact.compressed.wasm` that the runtime build writes.'
const PVM_HINT = 'Nodes run PolkaVM runtimes only as an experiment; build the runtime for wasm.'

function assertWasmMagic(bytes: Uint8Array, verb: 'is' | 'decompresses to'): void {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  if (head.startsWith('\0asm')) return
  if (head.startsWith('PVM\0')) throw notWasm(`${verb} a PolkaVM program`, PVM_HINT)
  if (head.startsWith('\x7fELF')) {
    throw notWasm(
      `${verb} an ELF executable`,
      'Give the runtime, not the node: `…runtime.compact.compressed.wasm`.',
    )
  }
  if (head.startsWith('\x1f\x8b')) throw notWasm(`${verb} gzip`, 'Unpack it first (`gunzip`).')
  if (head.startsWith('PK\x03\x04')) throw notWasm(`${verb} a zip archive`, 'Unpack it first (`unzip`).')
  if (head.startsWith('\x28\xb5\x2f\xfd')) {
    throw notWasm(`${verb} bare zstd without Substrate's prefix`, 'Unpack it first (`zstd -d`).')
  }
  if (/^\s*[{[]/.test(head))
    throw notWasm(`${verb} JSON`, 'A chain spec goes where a fork is asked for (`--fork`).')
  if (/^(0x)?[0-9a-fA-F]{16,}\s*$/.test(head)) {
    throw notWasm(`${verb} hex text`, 'Decode it, or give it as a file: hex files are read.')
  }
  if (/^\s*\(module/.test(head)) throw notWasm(`${verb} WebAssembly text`, 'Assemble it first (`wat2wasm`).')
  const shown = bytesToHex(bytes.subarray(0, 8))
  throw notWasm(
    `${verb} no WebAssembly: it starts with ${shown}`,
    'A runtime starts with 0x0061736d, or 0x52bc537646db8e05.',
  )
}

function notWasm(problem: string, hint: string): DrydockError {
  return usage('BLOB_NOT_WASM', `not a wasm runtime: the file ${problem}`, [hint])
}

function tooLarge(sizeBytes: number, limitBytes: number): DrydockError {
  return usage('BLOB_TOO_LARGE', `runtime too large: ${sizeBytes} bytes, limit ${limitBytes}`, [
    'Nodes refuse code above 50 MiB.',
  ])
}

function bomb(sizeBytes: number, limitBytes: number): DrydockError {
  return usage(
    'BLOB_BOMB',
    `compression bomb: ${sizeBytes} bytes of zstd decompress to more than the limit of ${limitBytes}`,
    ['Nodes refuse code that decompresses to more than 50 MiB.'],
  )
}

function usage(code: string, message: string, hints: readonly string[]): DrydockError {
  return new DrydockError(message, { code, kind: 'usage', hints })
}
