import { hexToBytes } from '../../harness/base/bytes.ts'
import type { ChainCodec, ChainValue, StorageItem, TypeRef, TypeTable } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'

/** A call that the state keeps to be made later. */
export interface StoredCall {
  readonly key: StorageKey
  /** `Scheduler.Agenda` */
  readonly item: string
  /** `Scheduler.Agenda(40)`, and which of the calls under that key it is. */
  readonly place: string
  readonly position: number
  readonly reading: CallReading
}

/** What a runtime takes the stored bytes for. */
export type CallReading =
  | {
      readonly kind: 'call'
      /** `Pallet.call` */
      readonly name: string
      readonly text: string
      /** Equal for readings of the same meaning: names of arguments do not count. */
      readonly meaning: string
    }
  | { readonly kind: 'unreadable'; readonly error: string }

export interface StoredCalls {
  readonly calls: readonly StoredCall[]
  /** Operations of which the state keeps only a hash, by item: what they will do can't be told. */
  readonly hashesOnly: ReadonlyMap<string, number>
}

const PREIMAGES = 'Preimage.PreimageFor'
/** Items whose keys or values name calls by hash alone. */
const HASHED = ['Multisig.Multisigs', 'Proxy.Announcements', 'System.AuthorizedUpgrade']

/**
 * The calls in a state, as one runtime reads them: values that hold a call by their type, calls in a `Bounded` (the scheduler's),
 * and preimages, most of which are calls.
 */
export function storedCalls(codec: ChainCodec, state: ChainState): StoredCalls {
  const calls: StoredCall[] = []
  const hashesOnly = new Map<string, number>()
  for (const item of codec.items()) {
    const name = `${item.pallet}.${item.item}`
    const isPreimage = name === PREIMAGES
    if (HASHED.includes(name)) hashesOnly.set(name, countKeys(codec, state, item))
    if (!isPreimage && !holdsCalls(codec.metadata.types, item.value)) continue
    for (const key of state.keysWithPrefix(codec.storagePrefix(item.pallet, item.item))) {
      const value = state.get(key)
      if (value === null) continue
      const readings = isPreimage ? [preimageReading(codec, item, value)] : valueReadings(codec, item, value)
      const place = placeOf(codec, key)
      readings.forEach((reading, position) => {
        if (reading !== null) calls.push({ key, item: name, place, position, reading })
      })
    }
  }
  return { calls, hashesOnly: new Map([...hashesOnly].filter(([, count]) => count > 0)) }
}

function countKeys(codec: ChainCodec, state: ChainState, item: StorageItem): number {
  let count = 0
  for (const _ of state.keysWithPrefix(codec.storagePrefix(item.pallet, item.item))) count++
  return count
}

/** True when a value of the type can have a call in it. */
function holdsCalls(types: TypeTable, type: TypeRef, seen = new Set<TypeRef>()): boolean {
  if (seen.has(type)) return false
  seen.add(type)
  const shape = types.shape(type)
  if (shape.kind === 'call' || isBoundedCall(types.name(type))) return true
  const inner = (one: TypeRef) => holdsCalls(types, one, seen)
  if ('inner' in shape) return inner(shape.inner)
  if (shape.kind === 'tuple') return shape.items.some(inner)
  if (shape.kind === 'struct') return shape.fields.some((field) => inner(field.type))
  if (shape.kind !== 'enum') return false
  return [...shape.variants.values()].some(({ fields }) => fields.some((field) => inner(field.type)))
}

/** `frame_support::traits::Bounded<Call>`: `Legacy { hash }`, `Inline(bytes)` or `Lookup { hash, len }`. */
function isBoundedCall(name: string): boolean {
  return /^Bounded<(?:Runtime)?Call\b/.test(name)
}

function valueReadings(codec: ChainCodec, item: StorageItem, value: Uint8Array): (CallReading | null)[] {
  const decoded = codec.decodeValue(item.pallet, item.item, value)
  if (decoded.kind === 'error') return [{ kind: 'unreadable', error: decoded.error }]
  return [...readingsIn(codec, item.value, decoded.value)]
}

/** Walks a value beside its type. */
function* readingsIn(codec: ChainCodec, type: TypeRef, value: ChainValue): Generator<CallReading> {
  const { types } = codec.metadata
  if (value === null) return
  const shape = types.shape(type)
  if (shape.kind === 'call') yield* readDecoded(codec, value)
  else if (isBoundedCall(types.name(type))) yield* readBounded(codec, value)
  else if (shape.kind === 'option') yield* readingsIn(codec, shape.inner, unwrapSome(value))
  else if ('inner' in shape && Array.isArray(value)) {
    for (const one of value) yield* readingsIn(codec, shape.inner, one)
  } else if ('inner' in shape) yield* readingsIn(codec, shape.inner, value)
  else if (shape.kind === 'tuple' && Array.isArray(value)) {
    for (const [i, item] of shape.items.entries()) yield* readingsIn(codec, item, value[i] ?? null)
  } else if (shape.kind === 'struct') yield* readFields(codec, shape.fields, value)
  else if (shape.kind === 'enum' && typeof value === 'object') {
    const [name, content = null] = Object.entries(value)[0] ?? []
    const variant = [...shape.variants.values()].find((one) => one.name === name)
    const [only] = variant?.fields ?? []
    if (variant === undefined || only === undefined) return
    if (variant.fields.length === 1 && only.name === null) yield* readingsIn(codec, only.type, content)
    else yield* readFields(codec, variant.fields, content)
  }
}

type Fields = readonly { readonly name: string | null; readonly type: TypeRef }[]

function* readFields(codec: ChainCodec, fields: Fields, value: ChainValue): Generator<CallReading> {
  for (const [i, field] of fields.entries())
    yield* readingsIn(codec, field.type, memberOf(value, field.name ?? i))
}

function memberOf(value: ChainValue, name: string | number): ChainValue {
  if (typeof value !== 'object' || value === null) return null
  return new Map<string, ChainValue>(Object.entries(value)).get(String(name)) ?? null
}

function unwrapSome(value: ChainValue): ChainValue {
  const inner = memberOf(value, 'Some')
  return inner ?? value
}

function* readDecoded(codec: ChainCodec, value: ChainValue): Generator<CallReading> {
  const [pallet, call] = [memberOf(value, 'pallet'), memberOf(value, 'call')]
  if (typeof pallet !== 'string' || typeof call !== 'string') return
  // Encoded once more, so that all readings are made in one way.
  yield readCall(codec, codec.encodeCall(pallet, call, memberOf(value, 'args')))
}

function* readBounded(codec: ChainCodec, value: ChainValue): Generator<CallReading> {
  const inline = memberOf(value, 'Inline')
  if (typeof inline === 'string') yield readCall(codec, hexToBytes(inline))
}

function readCall(codec: ChainCodec, bytes: Uint8Array): CallReading {
  const decoding = codec.describeCall(bytes)
  if (decoding.kind === 'error') return { kind: 'unreadable', error: decoding.error }
  const { pallet, call, args } = decoding.call
  const name = `${pallet}.${call}`
  const meaning = `${name}(${JSON.stringify(Object.values(args))})`
  return { kind: 'call', name, text: `${name}(${JSON.stringify(args)})`, meaning }
}

/** Null for a preimage that was not a call to begin with: anybody may note any bytes. */
function preimageReading(codec: ChainCodec, item: StorageItem, value: Uint8Array): CallReading | null {
  const decoded = codec.decodeValue(item.pallet, item.item, value)
  if (decoded.kind === 'error' || typeof decoded.value !== 'string') return null
  return readCall(codec, hexToBytes(decoded.value))
}

function placeOf(codec: ChainCodec, key: StorageKey): string {
  const described = codec.describeKey(key)
  const args = described?.kind === 'item' ? described.args : []
  return `${codec.itemOfKey(key)}(${args.map((arg) => (typeof arg === 'object' ? JSON.stringify(arg) : String(arg))).join(', ')})`
}
