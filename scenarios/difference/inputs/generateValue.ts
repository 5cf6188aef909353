import type { SeededRandom } from '../../../harness/base/seededRandom.ts'
import type { ChainInput, ChainValue, Shape, ShapeField, TypeRef } from '../../../harness/codec/index.ts'
import type { StatePool, StateRow } from './statePool.ts'
import { leafType } from './typedLeaf.ts'

/** What a value is generated for. */
export interface ValueSource {
  readonly pool: StatePool
  /** The entry whose parts are tried first. */
  readonly row: StateRow | null
  readonly random: SeededRandom
  /** How long lists are; the same for all of one call, as pairs of lists want it. */
  readonly listLength: number
  /** The account that signs, which arguments are seldom. */
  readonly signer: string | null
  /**
   * Of each type, how many of the row's parts were used: then arguments take them one after the other, the way a call's arguments
   * are often a key. Null to draw them at random.
   */
  readonly used: Map<string, number> | null
}

const MAX_DEPTH = 12
/** Twos and tens that amounts and limits often are. */
const NUMBERS = [0n, 1n, 2n, 10n, 100n, 1_000n, 1_000_000n, 1_000_000_000n, 1_000_000_000_000n]

/** A value that encodes as `type`, drawn from the state where it holds some of the kind. Null when the shape is not known. */
export function generateValue(
  source: ValueSource,
  type: TypeRef,
  { name, depth = 0 }: { readonly name: string | null; readonly depth?: number },
): ChainInput {
  const { types } = source.pool.codec.metadata
  const leaf = leafType(types, type)
  if (leaf !== null) return generateLeaf(source, leaf, name)
  if (depth > MAX_DEPTH) return null
  return generateParts(source, { shape: types.shape(type), name, depth: depth + 1 })
}

interface Parts {
  readonly shape: Shape
  readonly name: string | null
  readonly depth: number
}

function generateParts(source: ValueSource, { shape, name, depth }: Parts): ChainInput {
  const { random } = source
  const inner = (type: TypeRef, own: string | null = name) =>
    generateValue(source, type, { name: own, depth })
  switch (shape.kind) {
    case 'vec':
      // Twice the same is a case of its own, which many calls must refuse.
      return random.below(4) === 0
        ? Array.from({ length: source.listLength }, () => inner(shape.inner))
        : distinct(Array.from({ length: source.listLength }, () => inner(shape.inner)))
    case 'array':
      return Array.from({ length: shape.length }, () => inner(shape.inner))
    case 'option':
      return random.below(2) === 0 ? null : inner(shape.inner)
    case 'opaque':
      return inner(shape.inner)
    case 'tuple':
      return shape.items.map((item) => inner(item))
    case 'struct':
      return generateFields(source, shape.fields, { name, depth })
    case 'enum': {
      const variants = [...shape.variants.values()]
      // Of an address, the account itself.
      const variant = variants.find((one) => one.name === 'Id') ?? variants[random.below(variants.length)]
      if (variant === undefined) return null
      const [only] = variant.fields
      if (only === undefined) return variant.name
      const isNewtype = variant.fields.length === 1 && only.name === null
      return {
        [variant.name]: isNewtype
          ? inner(only.type)
          : generateFields(source, variant.fields, { name, depth }),
      }
    }
    case 'call':
      return { pallet: 'System', call: 'remark', args: { remark: '0x6472' } }
    case 'char':
      return 'a'
    case 'bits':
      return []
    default:
      return null
  }
}

function generateFields(
  source: ValueSource,
  fields: readonly ShapeField[],
  { name, depth }: { readonly name: string | null; readonly depth: number },
): ChainInput {
  const values = fields.map((field) => generateValue(source, field.type, { name: field.name ?? name, depth }))
  if (fields[0]?.name === null) return values
  return Object.fromEntries(fields.map((field, i) => [field.name ?? String(i), values[i]]))
}

/** Of the row, of what has that name, of the type; or made up. */
function generateLeaf(source: ValueSource, type: string, name: string | null): ChainInput {
  const { pool, row, random, used, signer } = source
  const pick = (values: readonly ChainValue[]) => values[random.below(values.length)]
  const leaves = (row?.leaves ?? []).filter((leaf) => leaf.type === type).map(({ value }) => value)
  const others = leaves.filter((value) => value !== signer)
  const ofRow = others.length > 0 ? others : leaves
  if (used !== null && ofRow.length > 0) {
    const at = used.get(type) ?? 0
    used.set(type, at + 1)
    return ofRow[at % ofRow.length]
  }
  const choice = random.below(10)
  if (choice < 6 && ofRow.length > 0) return pick(ofRow)
  const named = name === null ? [] : pool.ofName(type, name)
  if (choice < 8 && named.length > 0) return pick(named)
  if (type === 'account' && choice < 8 && pool.rich.length > 0) return pick(pool.rich)
  const known = pool.ofType(type)
  if (choice < 9 && known.length > 0 && !/^u(64|128|256)$/.test(type)) return pick(known)
  return madeUp(type, random)
}

function madeUp(type: string, random: SeededRandom): ChainInput {
  const [, sign, digits] = /^([uih])(\d+)$/.exec(type) ?? []
  const size = Number(digits ?? 0)
  if (sign === 'u' || sign === 'i') {
    if (size === 0) return null
    const most = (1n << BigInt(sign === 'u' ? size : size - 1)) - 1n
    const fitting = [...NUMBERS.filter((number) => number <= most), most]
    return fitting[random.below(fitting.length)] ?? 0n
  }
  if (sign === 'h') return `0x${freshBytes(size, random)}`
  if (type === 'account') return `0x${freshBytes(32, random)}`
  if (type === 'bytes') return `0x${'64'.repeat([0, 4, 100][random.below(3)] ?? 0)}`
  return type === 'bool' ? random.below(2) === 0 : 'dock'
}

function freshBytes(length: number, random: SeededRandom): string {
  return Array.from({ length }, () => random.below(256).toString(16).padStart(2, '0')).join('')
}

function distinct(values: readonly ChainInput[]): readonly ChainInput[] {
  const seen = new Set<string>()
  return values.filter((value) => {
    const text = JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'bigint' ? String(inner) : inner,
    )
    return !seen.has(text) && seen.add(text)
  })
}
