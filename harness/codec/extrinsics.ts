/**
 * Extrinsics as runtimes take them: a length, a preamble (`0x84` signed v4, `0x04`/`0x05` bare, `0x45` general v5), address,
 * signature and what each transaction extension carries, then the call.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-stable2503/substrate/primitives/runtime/src/generic/unchecked_extrinsic.rs
 */
import { concatBytes } from '../base/bytes.ts'
import { DrydockError } from '../base/errors.ts'
import { blake2_256 } from '../base/hash.ts'
import type { TransactionExtension } from './metadata/extrinsicFormat.ts'
import type { RuntimeMetadata } from './metadata/runtimeMetadata.ts'
import { encodeBytes, encodeUint } from './scale.ts'
import { type CallValue, decodeCall, decodeShape, ShapeReader } from './shape/decodeShape.ts'
import { asEncodeError } from './shape/encodeError.ts'
import { encodeBigCompact, encodeShape } from './shape/encodeShape.ts'
import { type ChainInput, type ChainValue, ShapeError, type TypeRef, type TypeTable } from './shape/shape.ts'
import type { ExtrinsicSigner } from './signer.ts'

/** How long a signed extrinsic may be included; `current` is the number of the block whose hash is `blockHash`. */
export type ExtrinsicEra =
  | { readonly kind: 'immortal' }
  | { readonly kind: 'mortal'; readonly period: number; readonly current: number }

/** Bytes of one extension, where the codec cannot know them. */
export interface ExtensionBytes {
  readonly carried?: Uint8Array
  readonly implicit?: Uint8Array
}

interface SignOptions {
  /** The encoded call. */
  readonly call: Uint8Array
  readonly nonce: bigint | number
  /** Default: 0. */
  readonly tip?: bigint
  readonly genesisHash: Uint8Array
  /** Of the block that a mortal era counts from; ignored when immortal. Default: `genesisHash`. */
  readonly blockHash?: Uint8Array
  /** Default: immortal. */
  readonly era?: ExtrinsicEra
  readonly specVersion: number
  readonly transactionVersion: number
  /** By extension identifier; they go before what the codec would put. */
  readonly extensions?: Readonly<Record<string, ExtensionBytes>>
}

/** `mock`: a signature that only signature mode `accept` takes (Chopsticks' magic bytes). */
export type SignExtrinsicOptions = SignOptions &
  (
    | { readonly signer: ExtrinsicSigner; readonly signature?: 'real' }
    | { readonly signer: Pick<ExtrinsicSigner, 'address'>; readonly signature: 'mock' }
  )

export interface DecodedExtrinsic extends CallValue {
  readonly format: 'bare' | 'signed' | 'general'
  readonly version: number
  readonly call: string
  /** As the runtime's address type has it: SS58 for the `Id` of a `MultiAddress`. */
  readonly signer?: ChainValue
  readonly signature?: ChainValue
  readonly nonce?: bigint
  readonly tip?: bigint
  /** What each extension carries, by identifier; those that carry nothing are left out. */
  readonly extensions: Readonly<Record<string, ChainValue>>
}

export type ExtrinsicDecoding =
  | { readonly kind: 'extrinsic'; readonly extrinsic: DecodedExtrinsic }
  | { readonly kind: 'error'; readonly error: string }

const SIGNED = 0x80
const GENERAL = 0x40
const VERSION_MASK = 0x3f

/** A bare extrinsic (an inherent, or unsigned) in the oldest version that the runtime takes. */
export function encodeUnsigned({ extrinsic }: RuntimeMetadata, call: Uint8Array): Uint8Array {
  return encodeBytes(concatBytes(new Uint8Array([Math.min(...extrinsic.versions)]), call))
}

/**
 * A signed extrinsic of version 4. Throws `CODEC_EXTRINSIC_VERSION` for a runtime that takes none, and `CODEC_EXTENSION` for
 * an extension that carries something we do not know.
 */
export function signExtrinsic(metadata: RuntimeMetadata, options: SignExtrinsicOptions): Uint8Array {
  const { extrinsic, types } = metadata
  if (!extrinsic.versions.includes(4)) {
    throw new DrydockError(
      `the runtime takes extrinsic versions ${extrinsic.versions.join(', ')}, not the signed version 4`,
      {
        code: 'CODEC_EXTRINSIC_VERSION',
        kind: 'environment',
      },
    )
  }
  const carried = concatBytes(
    ...extrinsic.extensions.map((extension) => carriedBytes(types, extension, options)),
  )
  const implicit = concatBytes(
    ...extrinsic.extensions.map((extension) => implicitBytes(types, extension, options)),
  )
  const address = asEncodeError('signer', () => encodeShape(types, extrinsic.address, options.signer.address))
  const signature = signatureBytes(types, extrinsic.signature, {
    options,
    payload: signingPayload(options.call, carried, implicit),
  })
  return encodeBytes(concatBytes(new Uint8Array([SIGNED | 4]), address, signature, carried, options.call))
}

const HASHED_FROM = 257

function signingPayload(call: Uint8Array, carried: Uint8Array, implicit: Uint8Array): Uint8Array {
  const payload = concatBytes(call, carried, implicit)
  return payload.length < HASHED_FROM ? payload : blake2_256(payload)
}

const SCHEME_BYTE = { ed25519: 0, sr25519: 1, ecdsa: 2, ethereum: 2 } as const
const MOCK_START = [0xde, 0xad, 0xbe, 0xef]

interface SignatureSource {
  readonly options: SignExtrinsicOptions
  readonly payload: Uint8Array
}

/** A `MultiSignature` has a byte for the scheme before it; chains with one scheme do not. */
function signatureBytes(types: TypeTable, type: TypeRef, { options, payload }: SignatureSource): Uint8Array {
  const isMulti = types.shape(type).kind === 'enum'
  const [scheme, signature] =
    options.signature === 'mock'
      ? (['sr25519', mockSignature(types, type)] as const)
      : ([options.signer.type, options.signer.sign(payload)] as const)
  return isMulti ? concatBytes(new Uint8Array([SCHEME_BYTE[scheme]]), signature) : signature
}

/** What Chopsticks' signature mock takes: 0xdeadbeef, then 0xcd. */
function mockSignature(types: TypeTable, type: TypeRef): Uint8Array {
  const shape = types.shape(type)
  const mock = new Uint8Array(shape.kind === 'fixedBytes' ? shape.length : 64).fill(0xcd)
  mock.set(MOCK_START)
  return mock
}

function carriedBytes(types: TypeTable, extension: TransactionExtension, options: SignOptions): Uint8Array {
  const given = options.extensions?.[extension.identifier]?.carried
  if (given !== undefined) return given
  switch (extension.identifier) {
    case 'CheckEra':
    case 'CheckMortality':
      return encodeEra(options.era ?? { kind: 'immortal' })
    case 'CheckNonce':
      return encodeBigCompact(BigInt(options.nonce))
    case 'CheckMetadataHash':
      return new Uint8Array([0])
    default:
      return carriedByShape(types, extension, options)
  }
}

/** Tips, options and nothing are told by type, so that extensions of any name that only carry those work. */
function carriedByShape(
  types: TypeTable,
  { identifier, type }: TransactionExtension,
  options: SignOptions,
): Uint8Array {
  const bytes = plainBytes(types, type, options.tip ?? 0n)
  if (bytes !== null) return bytes
  throw extensionError(identifier, 'carries', types.shape(type).kind)
}

/** Nothing for the unit, the tip for a compact, none for an option; null when the type holds anything else. */
function plainBytes(types: TypeTable, type: TypeRef, tip: bigint): Uint8Array | null {
  const shape = types.shape(type)
  if (shape.kind === 'compact') return encodeBigCompact(tip)
  if (shape.kind === 'option') return new Uint8Array([0])
  const parts =
    shape.kind === 'tuple'
      ? shape.items
      : shape.kind === 'struct'
        ? shape.fields.map((field) => field.type)
        : null
  const encoded = parts?.map((part) => plainBytes(types, part, tip))
  return encoded === undefined || !encoded.every((part) => part !== null) ? null : concatBytes(...encoded)
}

function implicitBytes(
  types: TypeTable,
  { identifier, implicit }: TransactionExtension,
  options: SignOptions,
): Uint8Array {
  const given = options.extensions?.[identifier]?.implicit
  if (given !== undefined) return given
  switch (identifier) {
    case 'CheckSpecVersion':
    case 'CheckVersion':
      return encodeUint(options.specVersion, 4)
    case 'CheckTxVersion':
      return encodeUint(options.transactionVersion, 4)
    case 'CheckGenesis':
      return options.genesisHash
    case 'CheckEra':
    case 'CheckMortality':
      return options.era?.kind === 'mortal' ? (options.blockHash ?? options.genesisHash) : options.genesisHash
    default: {
      const shape = types.shape(implicit)
      if (shape.kind === 'option') return new Uint8Array([0])
      if (shape.kind === 'tuple' && shape.items.length === 0) return new Uint8Array()
      throw extensionError(identifier, 'signs', shape.kind)
    }
  }
}

function extensionError(identifier: string, verb: string, what: string): DrydockError {
  return new DrydockError(`transaction extension ${identifier} ${verb} a ${what} that is not known here`, {
    code: 'CODEC_EXTENSION',
    kind: 'environment',
    hints: [`Give its bytes as extensions.${identifier}.`],
    details: { identifier },
  })
}

/** One zero byte, or two with period (a power of two, 4 to 65,536) and phase. */
function encodeEra(era: ExtrinsicEra): Uint8Array {
  if (era.kind === 'immortal') return new Uint8Array([0])
  const exponent = Math.log2(era.period)
  if (!Number.isInteger(exponent) || exponent < 2 || exponent > 16) {
    throw new DrydockError(`era period ${era.period} is not a power of two from 4 to 65,536`, {
      code: 'CODEC_ENCODE',
      kind: 'usage',
    })
  }
  const quantize = Math.max(era.period >> 12, 1)
  const phase = Math.floor((era.current % era.period) / quantize)
  return encodeUint((exponent - 1) | (phase << 4), 2)
}

/** An extrinsic with its length prefix, as blocks hold it. */
export function decodeExtrinsic(metadata: RuntimeMetadata, bytes: Uint8Array): ExtrinsicDecoding {
  const outer = new ShapeReader(bytes)
  try {
    const reader = new ShapeReader(outer.take(outer.length()))
    if (outer.remaining > 0) throw new ShapeError(`${outer.remaining} bytes after the extrinsic`)
    const extrinsic = decodeBody(metadata, reader)
    if (reader.remaining > 0) throw new ShapeError(`${reader.remaining} bytes after the call`)
    return { kind: 'extrinsic', extrinsic }
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    return { kind: 'error', error: error.describe() }
  }
}

function decodeBody(metadata: RuntimeMetadata, reader: ShapeReader): DecodedExtrinsic {
  const preamble = reader.byte()
  const version = preamble & VERSION_MASK
  const format = (preamble & ~VERSION_MASK) as number
  if (version !== 4 && version !== 5) throw new ShapeError(`no extrinsic version ${version}`)
  if (format === 0) return { format: 'bare', version, extensions: {}, ...decodeCall(metadata.types, reader) }
  if (format === SIGNED && version === 4) return decodeSigned(metadata, reader)
  if (format !== GENERAL || version !== 5)
    throw new ShapeError(`no extrinsic preamble 0x${preamble.toString(16)}`)
  const extensionVersion = reader.byte()
  if (extensionVersion !== 0) throw new ShapeError(`no extension version ${extensionVersion}`)
  const carried = decodeExtensions(metadata, reader)
  return { format: 'general', version, ...carried, ...decodeCall(metadata.types, reader) }
}

function decodeSigned(metadata: RuntimeMetadata, reader: ShapeReader): DecodedExtrinsic {
  const { types, extrinsic } = metadata
  const address = decodeShape(types, extrinsic.address, reader)
  const signature = decodeShape(types, extrinsic.signature, reader)
  const carried = decodeExtensions(metadata, reader)
  const signer = idOf(address)
  return { format: 'signed', version: 4, signer, signature, ...carried, ...decodeCall(types, reader) }
}

function idOf(address: ChainValue): ChainValue {
  // SAFETY: the decoder makes a MultiAddress::Id as an object with that one entry.
  return typeof address === 'object' && address !== null && 'Id' in address
    ? (address['Id'] as ChainValue)
    : address
}

function decodeExtensions(
  { types, extrinsic }: RuntimeMetadata,
  reader: ShapeReader,
): Pick<DecodedExtrinsic, 'nonce' | 'tip' | 'extensions'> {
  const extensions: Record<string, ChainValue> = {}
  for (const { identifier, type } of extrinsic.extensions) {
    const value = decodeShape(types, type, reader)
    if (value !== null) extensions[identifier] = value
  }
  const nonce = integer(extensions['CheckNonce'])
  const tip = tipOf(extensions)
  return { extensions, ...(nonce === null ? {} : { nonce }), ...(tip === null ? {} : { tip }) }
}

function tipOf(extensions: Readonly<Record<string, ChainValue>>): bigint | null {
  const payment = Object.keys(extensions).find((name) =>
    /ChargeTransactionPayment|ChargeAssetTxPayment|SkipCheck/.test(name),
  )
  const value = payment === undefined ? undefined : extensions[payment]
  const tip = typeof value === 'object' && value !== null && 'tip' in value ? value['tip'] : value
  return integer(tip as ChainInput)
}

function integer(value: ChainInput): bigint | null {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))
    ? BigInt(value)
    : null
}
