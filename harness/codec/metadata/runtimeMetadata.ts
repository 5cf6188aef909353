import { Metadata, type PortableRegistry, TypeRegistry } from '@polkadot/types'
import type { MetadataLatest } from '@polkadot/types/interfaces'
import type { RegistryTypes } from '@polkadot/types/types'
import { getSpecTypes } from '@polkadot/types-known'
import { DrydockError, errorMessage } from '../../base/errors.ts'
import { decodeBytes } from '../scale.ts'
import type { PalletVariants, Shape, TypeRef, TypeTable } from '../shape/shape.ts'
import { type ExtrinsicFormat, readExtrinsicFormat } from './extrinsicFormat.ts'
import {
  createForeignTypes,
  createHistoricTypes,
  HISTORIC_DEFINITIONS,
  type HistoricTypes,
} from './historicTypes.ts'
import { type PalletMetadata, palletVariants, readPallet } from './palletMetadata.ts'
import { portableShape } from './portableTypes.ts'
import { createTypeNames } from './typeNames.ts'

export interface RuntimeApiMethod {
  readonly name: string
  readonly inputs: readonly { readonly name: string; readonly type: TypeRef }[]
  readonly output: TypeRef
}

/** What a runtime answers to nodes and clients outside of blocks. */
export interface RuntimeApiMetadata {
  /** The entry point of a method is `NAME_METHOD`. */
  readonly name: string
  readonly methods: readonly RuntimeApiMethod[]
}

/** A runtime's metadata, whatever its version, without what no one here needs. */
export interface RuntimeMetadata {
  readonly version: number
  readonly pallets: readonly PalletMetadata[]
  readonly types: TypeTable
  /** By pallet index. */
  readonly events: ReadonlyMap<number, PalletVariants>
  readonly errors: ReadonlyMap<number, PalletVariants>
  readonly extrinsic: ExtrinsicFormat
  /** Null before V15, which does not list them. */
  readonly apis: readonly RuntimeApiMetadata[] | null
  /** `sp_runtime::DispatchError`; null when the metadata does not use it. */
  readonly dispatchError: TypeRef | null
}

export interface RuntimeMetadataOptions {
  /** Output of `Metadata_metadata` or `Metadata_metadata_at_version`, or what is inside it. */
  readonly metadata: Uint8Array
  /** Names the definitions that metadata before V14 leaves open. */
  readonly specName: string
  readonly specVersion: number
  /** Default: the constant `System.SS58Prefix`, else 42. */
  readonly ss58Format?: number
  /** Definitions for metadata before V14 of a chain's own types, as @polkadot/api's `types`. */
  readonly historicTypes?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

const FIRST_VERSION = 11
const LAST_VERSION = 16

/** Reads metadata V11 to V16. Throws `CODEC_METADATA` when the bytes are not such metadata. */
export function parseRuntimeMetadata(options: RuntimeMetadataOptions): RuntimeMetadata {
  const bytes = unwrapMetadata(options.metadata)
  const version = bytes[4] ?? 0
  if (version < FIRST_VERSION || version > LAST_VERSION) {
    throw metadataError(
      options,
      `version ${version}, and versions ${FIRST_VERSION} to ${LAST_VERSION} can be read`,
    )
  }
  const registry = new TypeRegistry()
  if (version < 14) registerHistoric(registry, options)
  try {
    const metadata = new Metadata(registry, bytes)
    return readMetadata({ metadata, latest: metadata.asLatest, registry, options })
  } catch (error) {
    throw metadataError(options, errorMessage(error), error)
  }
}

function metadataError(
  { specName, specVersion, metadata }: RuntimeMetadataOptions,
  why: string,
  cause?: unknown,
) {
  return new DrydockError(
    `the metadata of ${specName} ${specVersion} (${metadata.length} bytes) cannot be read: ${why}`,
    {
      code: 'CODEC_METADATA',
      kind: 'environment',
      hints: ['Pass the output of Metadata_metadata of this runtime.'],
      details: { specName, specVersion, bytes: metadata.length },
      cause,
    },
  )
}

const MAGIC = 0x6d657461

/** Strips `Vec<u8>` or `Option<Vec<u8>>`; a copy, as polkadot writes to and keeps views of what it parses. */
function unwrapMetadata(bytes: Uint8Array): Uint8Array {
  for (const inner of [bytes, decodeBytes(bytes)?.value, decodeBytes(bytes, 1)?.value]) {
    if (inner === undefined || inner.length < 5) continue
    if (new DataView(inner.buffer, inner.byteOffset).getUint32(0) === MAGIC) return inner.slice()
  }
  return new Uint8Array()
}

function registerHistoric(
  registry: TypeRegistry,
  { specName, specVersion, historicTypes }: RuntimeMetadataOptions,
) {
  const known = getSpecTypes(registry, '', specName, specVersion)
  registry.register({ ...HISTORIC_DEFINITIONS, ...known })
  // For specs whose history it does not have, polkadot assumes current weights.
  if (known['Weight'] === 'WeightV2') registry.register({ Weight: 'u64' })
  // SAFETY: RegistryTypes is the mutable form of the same definitions; polkadot does not write to them.
  if (historicTypes !== undefined) registry.register(historicTypes as RegistryTypes)
}

/** Account records grew without a new name; the length of the default one tells which it is. */
const ACCOUNT_INFO: Readonly<Record<number, string>> = {
  69: 'AccountInfoWithRefCountU8',
  72: 'AccountInfoWithRefCount',
  76: 'AccountInfoWithDualRefCount',
  80: 'AccountInfoWithTripleRefCount',
}

/** What changed under the same name while metadata did not: told by the default account, and by what came at the same time. */
function registerByEvidence(registry: TypeRegistry, pallets: readonly PalletMetadata[]): void {
  const system = pallets.find(({ name }) => name === 'System')
  const accountInfo = ACCOUNT_INFO[system?.storage.get('Account')?.fallback.length ?? 0]
  if (accountInfo !== undefined) registry.register({ AccountInfo: accountInfo })
  // BlockWeights and MultiAddress both came in December 2020.
  if (system?.constants.has('BlockWeights') === true) return
  for (const name of ['Address', 'LookupSource']) {
    if (registry.getDefinition(name) === 'MultiAddress') registry.register({ [name]: 'AccountId' })
  }
}

interface Source {
  readonly metadata: Metadata
  readonly latest: MetadataLatest
  readonly registry: TypeRegistry
  readonly options: RuntimeMetadataOptions
}

function readMetadata(source: Source): RuntimeMetadata {
  const { latest, metadata, registry, options } = source
  const lookup = latest.lookup
  const historic = createHistoricTypes(registry, lookup.types.length)
  const pallets = latest.pallets.map((pallet) => readPallet(pallet, lookup))
  const calls = palletVariants(metadata.version, latest, ({ calls }) =>
    calls.isSome ? calls.unwrap().type.toNumber() : null,
  )
  if (metadata.version < 14) registerByEvidence(registry, pallets)
  const types: TypeTable = {
    shape: createShapes(lookup, callTypes(latest), historic),
    name: createNames(lookup, historic),
    calls,
    ss58Format: options.ss58Format ?? ss58Prefix(pallets),
    foreign: createForeignTypes(registry),
  }
  return {
    version: metadata.version,
    pallets,
    types,
    events: palletVariants(metadata.version, latest, ({ events }) =>
      events.isSome ? events.unwrap().type.toNumber() : null,
    ),
    errors: palletVariants(metadata.version, latest, ({ errors }) =>
      errors.isSome ? errors.unwrap().type.toNumber() : null,
    ),
    extrinsic: readExtrinsicFormat(metadata, historic),
    apis: runtimeApis(source),
    dispatchError: metadata.version < 14 ? historic.reference('DispatchError') : dispatchErrorType(lookup),
  }
}

/** Historic types that are not part of the lookup have the name that the metadata gives them. */
function createNames(lookup: PortableRegistry, historic: HistoricTypes): (type: TypeRef) => string {
  const names = createTypeNames(lookup)
  return (type) => {
    const shape = historic.resolve(type)
    if (shape === undefined) return names(type)
    return 'name' in shape ? shape.name : shape.kind
  }
}

/** Runtime APIs that the metadata lists, which it does from V15 on. */
function runtimeApis({ latest, metadata }: Source): readonly RuntimeApiMetadata[] | null {
  if (metadata.version < 15) return null
  return latest.apis.map(({ name, methods }) => ({
    name: name.toString(),
    methods: methods.map((method) => ({
      name: method.name.toString(),
      inputs: method.inputs.map((input) => ({ name: input.name.toString(), type: input.type.toNumber() })),
      output: method.output.toNumber(),
    })),
  }))
}

/** Shapes by reference, each made once. */
function createShapes(lookup: PortableRegistry, calls: ReadonlySet<TypeRef>, historic: HistoricTypes) {
  const shapes = new Map<TypeRef, Shape>()
  const options = { lookup, callTypes: calls, historicShape: historic.shape }
  return (type: TypeRef): Shape => {
    const known = shapes.get(type)
    if (known !== undefined) return known
    const shape = historic.resolve(type) ?? portableShape(options, type)
    shapes.set(type, shape)
    return shape
  }
}

/** Ids of the outermost call enum. V14 may hide it; then it is the type `…::RuntimeCall` or `…::Call`. */
function callTypes({ lookup, extrinsic }: MetadataLatest): ReadonlySet<TypeRef> {
  const declared = extrinsic.callType.toNumber()
  if (declared !== 0) return new Set([declared])
  const isOuterCall = (path: readonly string[]) => path.length === 2 && /^(Runtime)?Call$/.test(path[1] ?? '')
  return new Set(
    lookup.types.filter(({ type }) => isOuterCall(type.path.map(String))).map(({ id }) => id.toNumber()),
  )
}

function dispatchErrorType(lookup: PortableRegistry): TypeRef | null {
  const found = lookup.types.find(
    ({ type }) => type.path.map(String).join('::') === 'sp_runtime::DispatchError',
  )
  return found?.id.toNumber() ?? null
}

function ss58Prefix(pallets: readonly PalletMetadata[]): number {
  const value = pallets.find(({ name }) => name === 'System')?.constants.get('SS58Prefix')?.value
  return value === undefined ? 42 : (value[0] ?? 42) | ((value[1] ?? 0) << 8)
}
