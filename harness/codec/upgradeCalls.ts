import { bytesToHex, concatBytes } from '../base/bytes.ts'
import { createWasmHasher, type WasmHasher } from '../base/wasmHasher.ts'
import type { RuntimeMetadata } from './metadata/runtimeMetadata.ts'
import { encodeCompact } from './scale.ts'
import { encodeShape, findCall } from './shape/encodeShape.ts'
import { type ChainInput, ShapeError, type ShapeField, type TypeTable } from './shape/shape.ts'
import { type Weight, weightInput } from './weights.ts'

/** One way for a runtime to install, or to authorize, new code. */
export interface UpgradeCall {
  /** `System.set_code`; a call around another as `Sudo.sudo(System.set_code)`. */
  readonly name: string
  /** Blake2-256 of the encoded call, 0x-hex: what governance and multisigs refer to. */
  readonly callHash: string
  readonly sizeBytes: number
  /** Makes the encoded call; a copy of the code each time, for the calls that hold it. */
  encode(): Uint8Array
}

export interface UpgradeCallsOptions {
  /** For `Sudo.sudo_unchecked_weight`, which its call hash depends on. Default: zero. */
  readonly weight?: Weight
}

/** The calls that take code, or its hash; older and newer runtimes have some of them. */
const CODE_CALLS: readonly (readonly [pallet: string, call: string, takes: 'code' | 'hash'])[] = [
  ['System', 'set_code', 'code'],
  ['System', 'set_code_without_checks', 'code'],
  ['System', 'authorize_upgrade', 'hash'],
  ['System', 'authorize_upgrade_without_checks', 'hash'],
  ['System', 'apply_authorized_upgrade', 'code'],
  ['ParachainSystem', 'authorize_upgrade', 'hash'],
  ['ParachainSystem', 'enact_authorized_upgrade', 'code'],
]

/** The calls that bring `code` (as it will be submitted, compressed or not) onto this chain, those that the runtime has. */
export function codeUpgradeCalls(
  metadata: RuntimeMetadata,
  code: Uint8Array,
  options: UpgradeCallsOptions = {},
): readonly UpgradeCall[] {
  const { types } = metadata
  const hasher = createWasmHasher()
  const codeHash = hasher.blake2_256(code)
  const direct = CODE_CALLS.flatMap(([pallet, call, takes]) => {
    const parts = callParts(types, [pallet, call], takes === 'code' ? code : codeHash)
    return parts === null ? [] : [{ name: `${pallet}.${call}`, parts }]
  })
  const setCode = direct.find(({ name }) => name === 'System.set_code')
  const wrapped =
    setCode === undefined ? [] : sudoCalls(types, setCode, options.weight ?? { refTime: 0n, proofSize: 0n })
  return [...direct, ...wrapped].map((call) => toUpgradeCall(hasher, call))
}

/** A call as pieces, so that the calls of a large code share it until one of them is asked for. */
interface CallParts {
  readonly name: string
  readonly parts: readonly Uint8Array[]
}

function toUpgradeCall(hasher: WasmHasher, { name, parts }: CallParts): UpgradeCall {
  const encode = () => concatBytes(...parts)
  const encoded = encode()
  return { name, callHash: bytesToHex(hasher.blake2_256(encoded)), sizeBytes: encoded.length, encode }
}

type CallName = readonly [pallet: string, call: string]

/** Null when the runtime has no such call, or it takes something else. */
function callParts(types: TypeTable, name: CallName, bytes: Uint8Array): readonly Uint8Array[] | null {
  const found = lookup(types, name)
  const [first, ...others] = found?.fields ?? []
  if (found === null || first === undefined) return null
  const shape = types.shape(first.type)
  const tail = encodeFlags(types, others)
  if (tail === null) return null
  if (shape.kind === 'bytes') return [found.head, encodeCompact(bytes.length), bytes, tail]
  return shape.kind === 'fixedBytes' && shape.length === bytes.length ? [found.head, bytes, tail] : null
}

/** `ParachainSystem.authorize_upgrade` once took `check_version: bool`; true is what the calls without it do. */
function encodeFlags(types: TypeTable, fields: readonly ShapeField[]): Uint8Array | null {
  const areFlags = fields.every((field) => types.shape(field.type).kind === 'bool')
  return areFlags ? new Uint8Array(fields.length).fill(1) : null
}

function sudoCalls(types: TypeTable, inner: CallParts, weight: Weight): readonly CallParts[] {
  const calls: CallParts[] = []
  const sudo = lookup(types, ['Sudo', 'sudo'])
  if (sudo?.fields.length === 1)
    calls.push({ name: `Sudo.sudo(${inner.name})`, parts: [sudo.head, ...inner.parts] })
  const unchecked = lookup(types, ['Sudo', 'sudo_unchecked_weight'])
  const weightField = unchecked?.fields[1]
  if (unchecked !== null && weightField !== undefined) {
    const input: ChainInput = weightInput(types, weightField.type, weight)
    const tail = encodeShape(types, weightField.type, input)
    calls.push({
      name: `Sudo.sudo_unchecked_weight(${inner.name})`,
      parts: [unchecked.head, ...inner.parts, tail],
    })
  }
  return calls
}

function lookup(types: TypeTable, [pallet, call]: CallName) {
  try {
    const { palletIndex, variant } = findCall(types, pallet, call)
    return { head: new Uint8Array([palletIndex, variant.index]), fields: variant.fields }
  } catch (error) {
    if (error instanceof ShapeError) return null
    throw error
  }
}
