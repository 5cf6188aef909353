import type { Shape, ShapeField, TypeRef, TypeTable } from '../../harness/codec/index.ts'

/**
 * How a type of one runtime differs in another.
 *
 * `layout`: some bytes are read differently, or not at all. `scale`: the same bytes are another number (signed, or a part of
 * something: `u64` to `i64`, to `Perbill`). `label`: the same bytes with other names of fields or variants. `grown`: an enum has
 * new variants at free indices, so that what was written before stays what it was.
 */
export type TypeChangeKind = 'layout' | 'scale' | 'label' | 'grown'

export interface TypeChange {
  readonly kind: TypeChangeKind
  /** Where inside the type, such as `data.free`; empty for the type itself. */
  readonly path: string
  readonly before: string
  readonly after: string
}

const ORDER: readonly TypeChangeKind[] = ['layout', 'scale', 'label', 'grown']

/** The gravest difference between two types, by what bytes mean; null when there is none. */
export function typeChange(older: TypedRef, newer: TypedRef): TypeChange | null {
  return new Comparison(older.types, newer.types).compare(older.type, newer.type, '')
}

export interface TypedRef {
  readonly types: TypeTable
  readonly type: TypeRef
}

/** The gravest difference between two lists of fields, such as the arguments of a call; null when there is none. */
export function fieldsChange(older: TypedFields, newer: TypedFields): TypeChange | null {
  return new Comparison(older.types, newer.types).compareFields(older.fields, newer.fields, '')
}

export interface TypedFields {
  readonly types: TypeTable
  readonly fields: readonly ShapeField[]
}

/** Numbers that stand for something else than themselves. */
const SCALED = /^(?:Per(?:cent|mill|bill|quintill|U16)|Fixed[UI]\d+|[UI]\d+F\d+)\b/

type EnumShape = Extract<Shape, { kind: 'enum' }>

class Comparison {
  readonly #older: TypeTable
  readonly #newer: TypeTable
  /** Pairs under comparison or compared already: types contain themselves. */
  readonly #seen = new Set<string>()

  constructor(older: TypeTable, newer: TypeTable) {
    this.#older = older
    this.#newer = newer
  }

  compare(a: TypeRef, b: TypeRef, path: string): TypeChange | null {
    const pair = `${a} ${b}`
    if (this.#seen.has(pair)) return null
    this.#seen.add(pair)
    const shape = this.#shapes(a, b, path)
    if (shape?.kind === 'layout') return shape
    const [before, after] = [this.#older.name(a), this.#newer.name(b)]
    const isScaled = SCALED.test(before) || SCALED.test(after)
    return isScaled && before !== after ? { kind: 'scale', path, before, after } : shape
  }

  compareFields(a: readonly ShapeField[], b: readonly ShapeField[], path: string): TypeChange | null {
    if (a.length !== b.length) {
      return {
        kind: 'layout',
        path,
        before: this.#fieldList(a, this.#older),
        after: this.#fieldList(b, this.#newer),
      }
    }
    return gravest(
      a.map((field, i) => {
        const other = b[i] ?? field
        const name = field.name ?? String(i)
        const inner = this.compare(field.type, other.type, join(path, name))
        const isRenamed = field.name !== null && other.name !== null && field.name !== other.name
        if (inner !== null || !isRenamed) return inner
        return { kind: 'label', path: join(path, name), before: field.name, after: other.name } as const
      }),
    )
  }

  #shapes(a: TypeRef, b: TypeRef, path: string): TypeChange | null {
    const [older, newer] = [this.#older.shape(a), this.#newer.shape(b)]
    const change = (kind: TypeChangeKind): TypeChange => ({
      kind,
      path,
      before: this.#older.name(a),
      after: this.#newer.name(b),
    })
    if (older.kind === 'enum' && newer.kind === 'enum') return this.#variants(older, newer, path)
    const [fields, others] = [fieldsOf(older), fieldsOf(newer)]
    if (fields !== null && others !== null) return this.compareFields(fields, others, path)
    if (isInteger(older) && isInteger(newer) && older.bytes === newer.bytes) {
      return older.kind === newer.kind ? null : change('scale')
    }
    if (isText(older) && isText(newer)) return null
    if (isHash(older) && isHash(newer) && hashBytes(older) === hashBytes(newer)) return null
    if ('inner' in older && 'inner' in newer && older.kind === newer.kind) {
      const isOtherLength = older.kind === 'array' && newer.kind === 'array' && older.length !== newer.length
      return isOtherLength ? change('layout') : this.compare(older.inner, newer.inner, join(path, '[]'))
    }
    return JSON.stringify(older) === JSON.stringify(newer) ? null : change('layout')
  }

  #variants(older: EnumShape, newer: EnumShape, path: string): TypeChange | null {
    const changes = [...older.variants].map(([index, variant]): TypeChange | null => {
      const now = newer.variants.get(index)
      const before = `variant ${index} ${variant.name}`
      if (now === undefined) return { kind: 'layout', path, before, after: 'no such variant' }
      const inner = this.compareFields(variant.fields, now.fields, join(path, variant.name))
      if (inner?.kind === 'layout' || variant.name === now.name) return inner
      return { kind: 'label', path, before, after: `variant ${index} ${now.name}` }
    })
    const added = [...newer.variants.values()].filter(({ index }) => !older.variants.has(index))
    if (added.length > 0) {
      const after = `new variants ${added.map(({ name }) => name).join(', ')}`
      changes.push({ kind: 'grown', path, before: `${older.variants.size} variants`, after })
    }
    return gravest(changes)
  }

  #fieldList(fields: readonly ShapeField[], types: TypeTable): string {
    const written = fields.map(({ name, type }) => {
      return name === null ? types.name(type) : `${name}: ${types.name(type)}`
    })
    return `(${written.join(', ')})`
  }
}

function gravest(changes: readonly (TypeChange | null)[]): TypeChange | null {
  const found = changes.flatMap((change) => (change === null ? [] : [change]))
  return ORDER.flatMap((kind) => found.filter((change) => change.kind === kind)).at(0) ?? null
}

/** Structs, tuples and the unit have the same layout when their parts have. */
function fieldsOf(shape: Shape): readonly ShapeField[] | null {
  if (shape.kind === 'struct') return shape.fields
  return shape.kind === 'tuple' ? shape.items.map((type) => ({ name: null, type })) : null
}

function isInteger(shape: Shape): shape is Extract<Shape, { kind: 'uint' | 'int' }> {
  return shape.kind === 'uint' || shape.kind === 'int'
}

function isText({ kind }: Shape): boolean {
  return kind === 'bytes' || kind === 'str'
}

function isHash({ kind }: Shape): boolean {
  return kind === 'account' || kind === 'fixedBytes'
}

function hashBytes(shape: Shape): number {
  return shape.kind === 'fixedBytes' ? shape.length : 32
}

function join(path: string, step: string): string {
  if (path === '') return step
  return step === '[]' ? `${path}[]` : `${path}.${step}`
}
