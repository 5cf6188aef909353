import { isTerm, TERM_KIND, type Value } from '../terms/index.ts'

export const PAGE_BYTES = 64
const PAGE_MASK = PAGE_BYTES - 1

/** Bytes of one cell. */
export type CellSize = 1 | 2 | 4 | 8

/** Whoever may write to a page in place: one memory at a time. Pages that several places share have none. */
export type Owner = object | null

/**
 * 64 bytes as cells of 1, 2, 4 or 8 bytes. At a cell's first byte stands its value, below 2^(8 * size); at each later byte a
 * mark, a negative number that tells the size and the place in the cell. Values are never negative, so marks can't be
 * taken for them.
 */
export interface Page {
  owner: Owner
  readonly cells: Value[]
  /** Bounds of all cells of one size, from when they were last asked for; 0 for not known. */
  hullSize: number
  hullLow: number
  hullHigh: number
  /** The value that fills all of a shared node; null for nodes with an owner. */
  readonly filling: Value | null
}

/** The mark of the byte `place` of a cell. */
export function markOf(size: CellSize, place: number): number {
  return -(size * 8 + place)
}

export function createPage(owner: Owner): Page {
  return {
    owner,
    cells: new Array<Value>(PAGE_BYTES).fill(0),
    hullSize: 0,
    hullLow: 0,
    hullHigh: 0,
    filling: null,
  }
}

export function copyPage(page: Page, owner: Owner): Page {
  const { hullSize, hullLow, hullHigh } = page
  return { owner, cells: page.cells.slice(), hullSize, hullLow, hullHigh, filling: null }
}

/** Where the cell that holds byte `x` begins, and its size. */
export function cellAt(
  cells: readonly Value[],
  x: number,
): { readonly start: number; readonly size: CellSize } {
  const entry = cells[x]
  if (typeof entry === 'number' && entry < 0) {
    const size = (-entry >> 3) as CellSize
    return { start: x - (-entry & 7), size }
  }
  const next = x + 1 < PAGE_BYTES ? cells[x + 1] : 0
  // SAFETY: marks are made by `markOf` alone, from a cell's size.
  const size = typeof next === 'number' && next < 0 && (-next & 7) === 1 ? ((-next >> 3) as CellSize) : 1
  return { start: x, size }
}

/** Whether byte `x` begins a cell, or lies past the page. */
export function isBoundary(cells: readonly Value[], x: number): boolean {
  const entry = x < PAGE_BYTES ? cells[x] : 0
  return typeof entry !== 'number' || entry >= 0
}

/** Puts a cell where no other cell is cut by it. */
export function putCell(page: Page, x: number, size: CellSize, value: Value): void {
  page.hullSize = 0
  page.cells[x] = value
  for (let i = 1; i < size; i++) page.cells[x + i] = -(size * 8 + i)
}

/** Whether cells of the page may stand at several addresses: summaries and concrete values have no identity. */
export function isShareable(page: Page): boolean {
  return page.cells.every((entry) => !isTerm(entry) || entry.op === TERM_KIND.summary)
}

export function placeInPage(address: number): number {
  return address & PAGE_MASK
}

/** A page that several places may share, full of one value: concrete or a summary. */
export function createFilledPage(size: CellSize, value: Value): Page {
  const page = createPage(null)
  for (let x = 0; x < PAGE_BYTES; x += size) putCell(page, x, size, value)
  return { ...page, filling: value }
}
