import { bytesToHex } from '../../harness/base/bytes.ts'
import type {
  ChainCodec,
  PalletConstant,
  PalletMetadata,
  PalletVariants,
  RuntimeApiMetadata,
  ShapeVariant,
  StorageItem,
  TypeRef,
} from '../../harness/codec/index.ts'
import { fieldsChange, type TypeChange, typeChange } from './typeChange.ts'
import { isZeroSized } from './zeroSize.ts'

export type MetadataArea =
  | 'pallet'
  | 'call'
  | 'event'
  | 'error'
  | 'constant'
  | 'storage'
  | 'runtime API'
  | 'extension'
  | 'extrinsic'

export type MetadataChangeKind =
  | 'added'
  | 'removed'
  | 'moved'
  | 'type'
  | 'value'
  | 'key'
  | 'default'
  | 'order'
  | 'version'

/** One thing that is not as it was. */
export interface MetadataChange {
  readonly area: MetadataArea
  /** Such as `Balances.transfer_keep_alive`; the pallet alone for pallets. */
  readonly name: string
  readonly kind: MetadataChangeKind
  readonly before: string
  readonly after: string
  /** True for an extension that puts no bytes into an extrinsic, nor into what is signed. */
  readonly isWithoutBytes?: true
  /** How far the type differs, for kind `type`. */
  readonly type?: TypeChange
}

/** What a runtime says of itself beside its metadata. */
export interface DescribedRuntime {
  readonly codec: ChainCodec
  /** Names and versions of its runtime APIs; by id where the name is not known. */
  readonly apiVersions: ReadonlyMap<string, number>
}

/**
 * Everything in which the metadata of two runtimes differs, by name: pallets, calls, events, errors, constants, storage, runtime
 * APIs, transaction extensions, the extrinsic format. What belongs to a pallet that came or went is not listed by itself, nor what
 * follows from the rest: `System.Version`, the type of `System.Events`.
 */
export function metadataDiff(older: DescribedRuntime, newer: DescribedRuntime): readonly MetadataChange[] {
  const sides = { older: older.codec, newer: newer.codec }
  return [
    ...palletChanges(sides),
    ...variantChanges(sides, 'call', ({ metadata }) => metadata.types.calls),
    ...variantChanges(sides, 'event', ({ metadata }) => metadata.events),
    ...variantChanges(sides, 'error', ({ metadata }) => metadata.errors),
    ...commonPallets(sides).flatMap(([a, b]) => [
      ...constantChanges(sides, a, b),
      ...storageChanges(sides, a, b),
    ]),
    ...apiChanges(older, newer),
    ...extensionChanges(sides),
    ...extrinsicChanges(sides),
  ].filter(({ name }) => !IMPLIED.has(name))
}

const IMPLIED: ReadonlySet<string> = new Set(['System.Version', 'System.Events'])

interface Sides {
  readonly older: ChainCodec
  readonly newer: ChainCodec
}

function commonPallets({ older, newer }: Sides): readonly (readonly [PalletMetadata, PalletMetadata])[] {
  const there = new Map(newer.metadata.pallets.map((pallet) => [pallet.name, pallet]))
  return older.metadata.pallets.flatMap((pallet) => {
    const now = there.get(pallet.name)
    return now === undefined ? [] : [[pallet, now] as const]
  })
}

function palletChanges(sides: Sides): MetadataChange[] {
  const before = new Map(sides.older.metadata.pallets.map(({ name, index }) => [name, index]))
  const after = new Map(sides.newer.metadata.pallets.map(({ name, index }) => [name, index]))
  const at = (index: number | undefined) => (index === undefined ? '' : `index ${index}`)
  return pairs(before, after).flatMap(([name, was, is]) => {
    const parts = { area: 'pallet', name, before: at(was), after: at(is) } as const
    if (was === is) return []
    return [{ ...parts, kind: was === undefined ? 'added' : is === undefined ? 'removed' : 'moved' } as const]
  })
}

/** Names of both, those of the older one first. */
function pairs<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>) {
  const names = new Set([...a.keys(), ...b.keys()])
  return [...names].map((name) => [name, a.get(name), b.get(name)] as const)
}

type VariantsOf = (codec: ChainCodec) => ReadonlyMap<number, PalletVariants>

function variantChanges(sides: Sides, area: 'call' | 'event' | 'error', of: VariantsOf): MetadataChange[] {
  const common = new Set(commonPallets(sides).map(([{ name }]) => name))
  const [before, after] = [byName(of(sides.older), common), byName(of(sides.newer), common)]
  return pairs(before, after).flatMap(([name, was, is]): MetadataChange[] => {
    const parts = { area, name } as const
    const text = (variant: ShapeVariant, codec: ChainCodec) => `${variant.index} ${signature(variant, codec)}`
    if (was === undefined || is === undefined) {
      return [
        {
          ...parts,
          kind: was === undefined ? 'added' : 'removed',
          before: was === undefined ? '' : text(was, sides.older),
          after: is === undefined ? '' : text(is, sides.newer),
        } as const,
      ]
    }
    const changes: MetadataChange[] = []
    if (was.index !== is.index) {
      changes.push({ ...parts, kind: 'moved', before: `index ${was.index}`, after: `index ${is.index}` })
    }
    const type = fieldsChange(
      { types: sides.older.metadata.types, fields: was.fields },
      { types: sides.newer.metadata.types, fields: is.fields },
    )
    if (type !== null) changes.push({ ...parts, kind: 'type', ...typeTexts(type), type })
    return changes
  })
}

function byName(variants: ReadonlyMap<number, PalletVariants>, pallets: ReadonlySet<string>) {
  const found = new Map<string, ShapeVariant>()
  for (const { pallet, variants: own } of variants.values()) {
    if (!pallets.has(pallet)) continue
    for (const variant of own.values()) found.set(`${pallet}.${variant.name}`, variant)
  }
  return found
}

function signature({ fields }: ShapeVariant, { metadata }: ChainCodec): string {
  const written = fields.map(({ name, type }) => {
    const typeName = metadata.types.name(type)
    return name === null ? typeName : `${name}: ${typeName}`
  })
  return `(${written.join(', ')})`
}

function typeTexts({ path, before, after }: TypeChange): { before: string; after: string } {
  const at = path === '' ? '' : `${path}: `
  return { before: at + before, after: at + after }
}

function constantChanges(sides: Sides, older: PalletMetadata, newer: PalletMetadata): MetadataChange[] {
  return pairs(older.constants, newer.constants).flatMap(([constant, was, is]): MetadataChange[] => {
    const parts = { area: 'constant', name: `${older.name}.${constant}` } as const
    const before = was === undefined ? '' : constantText(sides.older, older.name, constant, was)
    const after = is === undefined ? '' : constantText(sides.newer, older.name, constant, is)
    if (was === undefined || is === undefined) {
      return [{ ...parts, kind: was === undefined ? 'added' : 'removed', before, after } as const]
    }
    const type = typeBetween(sides, was.type, is.type)
    if (type !== null) return [{ ...parts, kind: 'type', ...typeTexts(type), type } as const]
    return Buffer.compare(was.value, is.value) === 0
      ? []
      : [{ ...parts, kind: 'value', before, after } as const]
  })
}

function constantText(codec: ChainCodec, pallet: string, name: string, { value }: PalletConstant): string {
  const decoded = codec.constant(pallet, name)
  return decoded === undefined ? bytesToHex(value) : JSON.stringify(decoded)
}

function typeBetween({ older, newer }: Sides, a: TypeRef, b: TypeRef): TypeChange | null {
  return typeChange({ types: older.metadata.types, type: a }, { types: newer.metadata.types, type: b })
}

function storageChanges(sides: Sides, older: PalletMetadata, newer: PalletMetadata): MetadataChange[] {
  return pairs(older.storage, newer.storage).flatMap(([item, was, is]): MetadataChange[] => {
    const parts = { area: 'storage', name: `${older.name}.${item}` } as const
    if (was === undefined || is === undefined) {
      return [
        {
          ...parts,
          kind: was === undefined ? 'added' : 'removed',
          before: was === undefined ? '' : itemText(was, sides.older),
          after: is === undefined ? '' : itemText(is, sides.newer),
        } as const,
      ]
    }
    return itemChanges(sides, was, is).map((change) => ({ ...parts, ...change }))
  })
}

type PartialChange = Omit<MetadataChange, 'area' | 'name'>

function itemChanges(sides: Sides, was: StorageItem, is: StorageItem): PartialChange[] {
  const changes: PartialChange[] = []
  const [keyBefore, keyAfter] = [keyText(was, sides.older), keyText(is, sides.newer)]
  if (isOtherKey(sides, was, is)) changes.push({ kind: 'key', before: keyBefore, after: keyAfter })
  const type = typeBetween(sides, was.value, is.value)
  if (type !== null) changes.push({ kind: 'type', ...typeTexts(type), type })
  const fallback = (item: StorageItem) =>
    item.modifier === 'optional' ? 'None when absent' : `${bytesToHex(item.fallback)} when absent`
  // With another type the bytes of the default differ without meaning anything.
  if (type === null && fallback(was) !== fallback(is)) {
    changes.push({ kind: 'default', before: fallback(was), after: fallback(is) })
  }
  return changes
}

/** True when a key of the older item is not where the newer one looks for it. */
export function isOtherKey(sides: Sides, was: StorageItem, is: StorageItem): boolean {
  if (was.palletPrefix !== is.palletPrefix || was.hashers.join() !== is.hashers.join()) return true
  return was.keys.some((key, i) => {
    const change = typeBetween(sides, key, is.keys[i] ?? key)
    return change?.kind === 'layout' || change?.kind === 'scale'
  })
}

function keyText({ hashers, keys, palletPrefix }: StorageItem, { metadata }: ChainCodec): string {
  const parts = hashers.map((hasher, i) => `${hasher}(${metadata.types.name(keys[i] ?? 0)})`)
  return `${palletPrefix}: ${parts.length === 0 ? 'one value' : parts.join(', ')}`
}

function itemText(item: StorageItem, codec: ChainCodec): string {
  return `${keyText(item, codec)} -> ${codec.metadata.types.name(item.value)}`
}

function apiChanges(older: DescribedRuntime, newer: DescribedRuntime): MetadataChange[] {
  const sides = { older: older.codec, newer: newer.codec }
  const versions = pairs(older.apiVersions, newer.apiVersions).flatMap(
    ([name, was, is]): MetadataChange[] => {
      const text = (version: number | undefined) => (version === undefined ? '' : `version ${version}`)
      const parts = { area: 'runtime API', name, before: text(was), after: text(is) } as const
      if (was === is) return []
      return [{ ...parts, kind: was === undefined ? 'added' : is === undefined ? 'removed' : 'version' }]
    },
  )
  return [...versions, ...apiMethodChanges(sides)]
}

/** Of APIs that both have, when both list them. */
function apiMethodChanges(sides: Sides): MetadataChange[] {
  const [before, after] = [sides.older.metadata.apis, sides.newer.metadata.apis]
  if (before === null || after === null) return []
  const there = new Map(after.map((api) => [api.name, api]))
  return before.flatMap((api) => {
    const now = there.get(api.name)
    return now === undefined ? [] : methodChanges(sides, api, now)
  })
}

function methodChanges(sides: Sides, older: RuntimeApiMetadata, newer: RuntimeApiMetadata): MetadataChange[] {
  const methods = ({ methods: all }: RuntimeApiMetadata) =>
    new Map(all.map((method) => [method.name, method]))
  return pairs(methods(older), methods(newer)).flatMap(([method, was, is]): MetadataChange[] => {
    const parts = { area: 'runtime API', name: `${older.name}.${method}` } as const
    if (was === undefined) return [{ ...parts, kind: 'added', before: '', after: 'new method' }]
    if (is === undefined) return [{ ...parts, kind: 'removed', before: 'method', after: '' }]
    const inputs = fieldsChange(
      { types: sides.older.metadata.types, fields: was.inputs },
      { types: sides.newer.metadata.types, fields: is.inputs },
    )
    const type = inputs ?? typeBetween(sides, was.output, is.output)
    return type === null ? [] : [{ ...parts, kind: 'type', ...typeTexts(type), type }]
  })
}

function extensionChanges(sides: Sides): MetadataChange[] {
  const [before, after] = [sides.older, sides.newer].map(({ metadata }) => metadata.extrinsic.extensions)
  const byIdentifier = (list: typeof before) => new Map((list ?? []).map((one) => [one.identifier, one]))
  const changes = pairs(byIdentifier(before), byIdentifier(after)).flatMap(
    ([name, was, is]): MetadataChange[] => {
      const parts = { area: 'extension', name } as const
      if (was === undefined || is === undefined) {
        const there = was === undefined ? isWithoutBytes(sides.newer, is) : isWithoutBytes(sides.older, was)
        const flag = there ? ({ isWithoutBytes: true } as const) : {}
        if (was === undefined) return [{ ...parts, ...flag, kind: 'added', before: '', after: 'new' }]
        return [{ ...parts, ...flag, kind: 'removed', before: 'there', after: '' }]
      }
      const type = typeBetween(sides, was.type, is.type) ?? typeBetween(sides, was.implicit, is.implicit)
      return type === null ? [] : [{ ...parts, kind: 'type', ...typeTexts(type), type }]
    },
  )
  const order = (list: typeof before, codec: ChainCodec = sides.older) =>
    (list ?? []).filter((one) => !isWithoutBytes(codec, one)).map(({ identifier }) => identifier)
  const [common, now] = [order(before), order(after, sides.newer)].map((names, _, [a = [], b = []]) =>
    names.filter((name) => a.includes(name) && b.includes(name)),
  )
  if (common?.join() === now?.join()) return changes
  const text = (names: readonly string[] | undefined) => (names ?? []).join(', ')
  return [
    ...changes,
    { area: 'extension', name: 'order', kind: 'order', before: text(common), after: text(now) },
  ]
}

function isWithoutBytes(
  { metadata: { types } }: ChainCodec,
  extension: { readonly type: TypeRef; readonly implicit: TypeRef } | undefined,
): boolean {
  if (extension === undefined) return true
  return isZeroSized(types, extension.type) && isZeroSized(types, extension.implicit)
}

function extrinsicChanges({ older, newer }: Sides): MetadataChange[] {
  const text = ({ metadata }: ChainCodec) => metadata.extrinsic.versions.join(', ')
  const changes: MetadataChange[] = []
  if (text(older) !== text(newer)) {
    changes.push({
      area: 'extrinsic',
      name: 'version',
      kind: 'version',
      before: text(older),
      after: text(newer),
    })
  }
  for (const part of ['address', 'signature'] as const) {
    const type = typeBetween({ older, newer }, older.metadata.extrinsic[part], newer.metadata.extrinsic[part])
    if (type !== null) changes.push({ area: 'extrinsic', name: part, kind: 'type', ...typeTexts(type), type })
  }
  return changes
}
