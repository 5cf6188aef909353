import { binaryToHex, bytesToHex } from '../../harness/base/bytes.ts'
import type { ChainCodec, ChainValue } from '../../harness/codec/index.ts'
import type { Sample } from './itemProblems.ts'

const SHOWN_BYTES = 64

/** An entry in one line: item and key parts, the bytes, and what the metadata has against it. */
export function entryText(codec: ChainCodec, { key, value }: Sample): string {
  const described = codec.describeKey(key)
  const bytes = `${value.length} bytes ${shortHex(value)}`
  if (described === null || described.kind === 'wellKnown') return `${binaryToHex(key)}: ${bytes}`
  const { pallet, item } = described
  if (described.kind === 'malformed') return `${pallet}.${item} ${binaryToHex(key)}: ${described.error}`
  const name = `${pallet}.${item}${argsText(described.args)}`
  if (codec.item(pallet, item) === null) return `${name}: ${bytes}`
  const decoded = codec.decodeValue(pallet, item, value)
  const why = decoded.kind === 'error' ? decoded.error : `${decoded.remaining} bytes over`
  return `${name}: ${bytes}: ${why}`
}

/** Key parts as in a call; empty for a plain value. */
function argsText(args: readonly ChainValue[]): string {
  if (args.length === 0) return ''
  return `(${args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(', ')})`
}

function shortHex(bytes: Uint8Array): string {
  const hex = bytesToHex(bytes.subarray(0, SHOWN_BYTES))
  return bytes.length > SHOWN_BYTES ? `${hex}…` : hex
}
