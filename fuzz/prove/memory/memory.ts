import { type Concrete, compactBigint, type Width } from '../decode/index.ts'
import { type Facts, intervalOf, isTerm, TERM_KIND, type TermBuilder, type Value } from '../terms/index.ts'
import {
  type CellSize,
  cellAt,
  isBoundary,
  markOf,
  PAGE_BYTES,
  type Page,
  placeInPage,
  putCell,
} from './page.ts'
import { MemoryTree } from './tree.ts'

/** Linear memory whose cells hold values: concrete bytes, terms, and summaries of many cells. */
export class Memory {
  readonly tree: MemoryTree
  readonly #builder: TermBuilder

  constructor(builder: TermBuilder, tree = new MemoryTree()) {
    this.#builder = builder
    this.tree = tree
  }

  fork(): Memory {
    return new Memory(this.#builder, this.tree.fork())
  }

  /** An unsigned value of `size` bytes: of 64 bits for 8, else of 32. A cell that stands for many gives a new unknown. */
  read(address: number, size: CellSize): Value {
    const cell = this.peek(address, size)
    return isTerm(cell) && cell.op === TERM_KIND.summary ? this.#builder.unknown(cell.width, cell) : cell
  }

  /** As `read`, but the summary itself where one cell has exactly these bytes. */
  peek(address: number, size: CellSize): Value {
    const x = placeInPage(address)
    if (x + size > PAGE_BYTES) return this.#peekAcross(address, size)
    const page = this.tree.pageAt(address)
    return page === undefined ? 0 : this.peekPage(page, x, size)
  }

  /** The size of the cell that begins at an address and has at most `most` bytes; 1 where none does. */
  cellSizeAt(address: number, most: number): CellSize {
    const page = this.tree.pageAt(address)
    if (page === undefined) return 1
    const { start, size } = cellAt(page.cells, placeInPage(address))
    return start === placeInPage(address) && size <= most ? size : 1
  }

  /** As `peek`, from a page at hand; the bytes must lie in it. */
  peekPage(page: Page, x: number, size: CellSize): Value {
    return wholeCell(page, x, size) ?? this.#joinPieces(page, x, size)
  }

  /** A value that lies in two pages, byte by byte. */
  #peekAcross(address: number, size: CellSize): Value {
    const width: Width = size === 8 ? 64 : 32
    let result: Value = 0
    for (let i = 0; i < size; i++) {
      const byte = this.#cut(this.read(address + i, 1), 1, { skip: 0, take: 1 }, width)
      result = this.#append(result, byte, i, width)
    }
    return result
  }

  #append(result: Value, piece: Value, bytesBelow: number, width: Width): Value {
    const builder = this.#builder
    const shifted = builder.apply(builder.operator('shl', width), piece, 8 * bytesBelow, NO_FACTS)
    return builder.apply(builder.operator('or', width), result, shifted, NO_FACTS)
  }

  /** `value` is below 2^(8 * size), of 64 bits for 8 bytes and else of 32. */
  write(address: number, size: CellSize, value: Value): void {
    const x = placeInPage(address)
    if (x + size > PAGE_BYTES) {
      for (let i = 0; i < size; i++) this.write(address + i, 1, this.#byteOf(value, size, i))
      return
    }
    const page = this.tree.ownPageAt(address)
    this.#splitAt(page, x)
    this.#splitAt(page, x + size)
    putCell(page, x, size, value)
  }

  /** Cuts the cell that crosses the boundary before byte `x` into bytes. */
  #splitAt(page: Page, x: number): void {
    if (isBoundary(page.cells, x)) return
    const { start, size } = cellAt(page.cells, x)
    const value = page.cells[start] ?? 0
    const isSummary = isTerm(value) && value.op === TERM_KIND.summary
    for (let i = 0; i < size; i++) {
      const byte = isSummary ? this.#builder.summary(32, BYTE) : this.#byteOf(value, size, i)
      putCell(page, start + i, 1, byte)
    }
  }

  #byteOf(value: Value, size: CellSize, place: number): Value {
    if (!isTerm(value)) return concreteByte(value, place)
    return this.#cut(value, size, { skip: place, take: 1 }, 32)
  }

  /** `take` bytes of a cell's value after `skip` bytes, as a value of `width` bits. */
  #cut(
    value: Value,
    size: CellSize,
    part: { readonly skip: number; readonly take: number },
    width: Width,
  ): Value {
    const builder = this.#builder
    const own: Width = size === 8 ? 64 : 32
    let cut = value
    if (part.skip > 0) cut = builder.apply(builder.operator('shr_u', own), cut, 8 * part.skip, NO_FACTS)
    if (part.skip + part.take < size) {
      const mask = compactBigint((1n << BigInt(8 * part.take)) - 1n)
      cut = builder.apply(builder.operator('and', own), cut, mask, NO_FACTS)
    }
    if (own === width) return cut
    const convert = width === 32 ? builder.operator('wrap', 64) : builder.operator('extend_u', 32)
    return builder.apply(convert, cut, 0, NO_FACTS)
  }

  /** A value put together from parts of several cells. */
  #joinPieces(page: Page, x: number, size: CellSize): Value {
    const width: Width = size === 8 ? 64 : 32
    let result: Value = 0
    for (let done = 0; done < size; ) {
      const piece = this.#pieceAt(page, x + done, size - done, width)
      result = this.#append(result, piece.value, done, width)
      done += piece.bytes
    }
    return result
  }

  #pieceAt(
    page: Page,
    x: number,
    most: number,
    width: Width,
  ): { readonly value: Value; readonly bytes: number } {
    const { start, size } = cellAt(page.cells, x)
    const skip = x - start
    const take = Math.min(most, size - skip)
    const cell = page.cells[start] ?? 0
    const isSummary = isTerm(cell) && cell.op === TERM_KIND.summary
    const value = isSummary ? this.#builder.unknown(cell.width, cell) : cell
    return { value: this.#cut(value, size, { skip, take }, width), bytes: take }
  }
}

const BYTE = { low: 0, high: 255, stride: 1 } as const
const NO_FACTS: Facts = null

/** The value of the one cell at `x` with exactly `size` bytes; null when the bytes lie otherwise. */
export function wholeCell(page: Page, x: number, size: CellSize): Value | null {
  const cells = page.cells
  const last = x + size - 1
  if (last >= PAGE_BYTES) return null
  const entry = cells[x]
  if (entry === undefined || (typeof entry === 'number' && entry < 0)) return null
  if (size === 1) return isBoundary(cells, x + 1) ? entry : null
  return cells[last] === markOf(size, size - 1) ? entry : null
}

function concreteByte(value: Concrete, place: number): number {
  if (typeof value === 'number' && value < 2 ** 32) return place < 4 ? (value >>> (8 * place)) & 255 : 0
  return Number((BigInt(value) >> BigInt(8 * place)) & 255n)
}

/** The hull of a value, as two numbers. */
export function boundsOfCell(value: Value): { readonly low: number; readonly high: number } {
  return isTerm(value) ? value : intervalOf(value)
}
