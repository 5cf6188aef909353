import {
  MAX_DEPTH,
  type Shape,
  ShapeError,
  type ShapeField,
  type ShapeVariant,
  type TypeRef,
  type TypeTable,
} from './shape.ts'
import { NO_VALUE, readLength, type Skip, skipBits, skipCompact, skipLength, skipOfKind } from './skipLeaf.ts'

/** Tells where values end without building them: for those who look at every value of a state. */
export interface ShapeSkipper {
  /**
   * Where the value of `type` that starts at `offset` ends, or `NO_VALUE` exactly when `decodeShape` refuses it. Bytes after
   * it are not looked at.
   */
  skip(type: TypeRef, bytes: Uint8Array, offset: number): number
  /** Bytes that every value of `type` takes; null when they differ. */
  fixedWidth(type: TypeRef): number | null
}

/**
 * PERF: each type becomes a function once, and a type whose values are any so many bytes a comparison of lengths: 47,718
 * keys of Finney with their values take 30 to 110 ms to look at (0.4 to 1.5 million a second), and 1,200 ms to decode.
 */
export function createShapeSkipper(types: TypeTable): ShapeSkipper {
  const compiler = new SkipCompiler(types)
  return {
    skip: (type, bytes, offset) => compiler.skipOf(type)(bytes, offset, 0),
    fixedWidth: (type) => compiler.extentOf(type).width,
  }
}

interface Extent {
  /** Of every value; null when values differ. */
  readonly width: number | null
  /** Any bytes of that width are a value. */
  readonly isPlain: boolean
  /** How deep values nest, themselves included; only told of plain types. */
  readonly height: number
}

const VARIED: Extent = { width: null, isPlain: false, height: 1 }
const plain = (width: number, height = 1): Extent => ({ width, isPlain: true, height })
const ranged = (width: number): Extent => ({ width, isPlain: false, height: 1 })
/** `decodeShape` takes so many items without bytes and no more. */
const MAX_EMPTY_ITEMS = 65_535

class SkipCompiler {
  readonly #types: TypeTable
  readonly #skips = new Map<TypeRef, Skip>()
  readonly #extents = new Map<TypeRef, Extent>()

  constructor(types: TypeTable) {
    this.#types = types
  }

  skipOf(type: TypeRef): Skip {
    const known = this.#skips.get(type)
    if (known !== undefined) return known
    // Types contain themselves: what refers to this one meanwhile looks it up when it runs.
    this.#skips.set(type, (bytes, at, depth) => this.skipOf(type)(bytes, at, depth))
    const made = this.#compile(type)
    this.#skips.set(type, made)
    return made
  }

  extentOf(type: TypeRef): Extent {
    const known = this.#extents.get(type)
    if (known !== undefined) return known
    // A type that contains itself has no fixed width.
    this.#extents.set(type, VARIED)
    const extent = this.#measure(this.#types.shape(type))
    this.#extents.set(type, extent)
    return extent
  }

  #measure(shape: Shape): Extent {
    switch (shape.kind) {
      case 'uint':
      case 'int':
        return plain(shape.bytes)
      case 'fixedBytes':
        return plain(shape.length)
      case 'account':
        return plain(32)
      case 'compact':
        return shape.bytes === 0 ? plain(0) : VARIED
      case 'bool':
        return ranged(1)
      case 'char':
        return ranged(4)
      case 'tuple':
        return this.#measureAll(shape.items)
      case 'struct':
        return this.#measureAll(shape.fields.map(({ type }) => type))
      case 'array':
        return this.#measureArray(shape)
      case 'enum':
        return this.#measureEnum([...shape.variants.values()])
      default:
        return VARIED
    }
  }

  #measureAll(items: readonly TypeRef[]): Extent {
    let width = 0
    let isPlain = true
    let height = 0
    for (const item of items) {
      const extent = this.extentOf(item)
      if (extent.width === null) return VARIED
      width += extent.width
      isPlain &&= extent.isPlain
      height = Math.max(height, extent.height)
    }
    return { width, isPlain, height: height + 1 }
  }

  #measureArray({ inner, length }: Extract<Shape, { kind: 'array' }>): Extent {
    if (length === 0) return plain(0)
    const item = this.extentOf(inner)
    if (item.width === null) return VARIED
    const isPlain = item.isPlain && item.width > 0
    return { width: item.width * length, isPlain, height: item.height + 1 }
  }

  #measureEnum(variants: readonly ShapeVariant[]): Extent {
    const widths = new Set(
      variants.map(({ fields }) => this.#measureAll(fields.map(({ type }) => type)).width),
    )
    const [width] = widths
    return widths.size === 1 && width !== null && width !== undefined ? ranged(width + 1) : VARIED
  }

  #compile(type: TypeRef): Skip {
    const { width, isPlain, height } = this.extentOf(type)
    if (isPlain && width !== null) {
      return (bytes, at, depth) =>
        at + width <= bytes.length && depth + height <= MAX_DEPTH ? at + width : NO_VALUE
    }
    const inner = this.#compileShape(this.#types.shape(type))
    return (bytes, at, depth) => (depth < MAX_DEPTH ? inner(bytes, at, depth + 1) : NO_VALUE)
  }

  /** Counts no depth itself: `depth` is that of what is inside. */
  #compileShape(shape: Shape): Skip {
    switch (shape.kind) {
      case 'compact':
        return (bytes, at) => skipCompact(bytes, at, shape.bytes)
      case 'struct':
        return this.#sequence(shape.fields.map(({ type }) => type))
      case 'tuple':
        return this.#sequence(shape.items)
      case 'vec':
        return this.#list(shape.inner, null)
      case 'array':
        return this.#list(shape.inner, shape.length)
      case 'option':
        return this.#option(shape.inner)
      case 'enum':
        return this.#enum(shape.variants)
      case 'call':
        return this.#call()
      case 'opaque':
        return this.#opaque(shape.inner)
      case 'foreign':
        return (bytes, at) => this.#foreign(shape.name, bytes, at)
      case 'bits':
        return (bytes, at) => skipBits(bytes, at, shape.bytes)
      default:
        return skipOfKind(shape.kind)
    }
  }

  #sequence(items: readonly TypeRef[]): Skip {
    const parts = items.map((item) => this.skipOf(item))
    return (bytes, at, depth) => {
      let end = at
      for (const part of parts) {
        end = part(bytes, end, depth)
        if (end === NO_VALUE) return NO_VALUE
      }
      return end
    }
  }

  /** `length`: null when it stands before the items. */
  #list(inner: TypeRef, length: number | null): Skip {
    const item = this.skipOf(inner)
    const { width, isPlain, height } = this.extentOf(inner)
    const isJump = isPlain && width !== null && width > 0
    return (bytes, at, depth) => {
      const start = length === null ? skipLength(bytes, at) : at
      if (start === NO_VALUE) return NO_VALUE
      const count = length ?? readLength(bytes, at)
      if (isJump) {
        const end = start + count * width
        return count === 0 || (end <= bytes.length && depth + height <= MAX_DEPTH) ? end : NO_VALUE
      }
      return skipItems(item, { bytes, start, count, depth })
    }
  }

  #option(inner: TypeRef): Skip {
    const content = this.skipOf(inner)
    return (bytes, at, depth) => {
      const flag = bytes[at]
      if (flag === 0) return at + 1
      return flag === 1 ? content(bytes, at + 1, depth) : NO_VALUE
    }
  }

  #enum(variants: ReadonlyMap<number, ShapeVariant>): Skip {
    const parts = this.#variants(variants)
    return (bytes, at, depth) => {
      const part = parts[bytes[at] ?? NO_VALUE]
      return part === undefined ? NO_VALUE : part(bytes, at + 1, depth)
    }
  }

  #variants(variants: ReadonlyMap<number, { readonly fields: readonly ShapeField[] }>): Skip[] {
    const parts: Skip[] = []
    for (const [index, { fields }] of variants) {
      parts[index] = this.#sequence(fields.map(({ type }) => type))
    }
    return parts
  }

  /** PERF: a runtime has hundreds of calls and a state holds few of them, so each pallet's are made when first met. */
  #call(): Skip {
    const pallets: (readonly Skip[])[] = []
    return (bytes, at, depth) => {
      const index = bytes[at] ?? NO_VALUE
      const pallet = this.#types.calls.get(index)
      if (pallet === undefined) return NO_VALUE
      pallets[index] ??= this.#variants(pallet.variants)
      const call = pallets[index][bytes[at + 1] ?? NO_VALUE]
      return call === undefined ? NO_VALUE : call(bytes, at + 2, depth)
    }
  }

  #opaque(inner: TypeRef): Skip {
    const content = this.skipOf(inner)
    return (bytes, at, depth) => {
      const start = skipLength(bytes, at)
      if (start === NO_VALUE) return NO_VALUE
      const end = start + readLength(bytes, at)
      if (end > bytes.length) return NO_VALUE
      return content(bytes.subarray(0, end), start, depth) === end ? end : NO_VALUE
    }
  }

  #foreign(name: string, bytes: Uint8Array, at: number): number {
    try {
      const end = at + this.#types.foreign.decode(name, bytes.subarray(at)).length
      return end <= bytes.length ? end : NO_VALUE
    } catch (error) {
      if (error instanceof ShapeError) return NO_VALUE
      throw error
    }
  }
}

interface ItemsAt {
  readonly bytes: Uint8Array
  readonly start: number
  readonly count: number
  readonly depth: number
}

function skipItems(item: Skip, { bytes, start, count, depth }: ItemsAt): number {
  let end = start
  for (let i = 0; i < count; i++) {
    end = item(bytes, end, depth)
    if (end === NO_VALUE || (i === MAX_EMPTY_ITEMS && end === start)) return NO_VALUE
  }
  return end
}
