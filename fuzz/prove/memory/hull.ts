import { mostOf } from '../terms/index.ts'
import { type Addresses, firstFrom, isArray } from './addresses.ts'
import { boundsOfCell, type Memory, wholeCell } from './memory.ts'
import { type CellSize, PAGE_BYTES, type Page } from './page.ts'
import { isPage, LEVELS, spanOf, type TreeNode } from './tree.ts'

/** Bounds that grow as cells are looked at. */
class Hull {
  low = Number.POSITIVE_INFINITY
  high = 0

  add(low: number, high: number): void {
    if (low < this.low) this.low = low
    if (high > this.high) this.high = high
  }
}

export interface CellBounds {
  readonly low: number
  readonly high: number
}

/**
 * The bounds of all cells that an access may read.
 *
 * PERF: each node keeps the hull of its cells until it is written, so that an array of thousands costs a few dozen visits.
 */
export function hullOfCells(memory: Memory, addresses: Addresses): CellBounds {
  const hull = new Hull()
  const rootSpan = spanOf(LEVELS)
  for (let place = Math.floor(addresses.first / rootSpan); place * rootSpan <= addresses.last; place++) {
    visit(memory, memory.tree.root[place], { level: LEVELS, base: place * rootSpan }, addresses, hull)
  }
  if (addresses.first <= addresses.last) return { low: hull.low, high: hull.high }
  return { low: 0, high: mostOf(8 * addresses.size) }
}

interface Place {
  readonly level: number
  readonly base: number
}

function visit(memory: Memory, node: TreeNode, place: Place, addresses: Addresses, hull: Hull): void {
  const span = spanOf(place.level)
  const from = firstFrom(addresses, place.base)
  const end = place.base + span
  if (from > addresses.last || from >= end) return
  if (node === undefined) {
    hull.add(0, 0)
    // A value that begins here may reach into what lies behind.
    if (!isArray(addresses)) visitEdge(memory, { ...place, base: end }, addresses, hull)
    return
  }
  const isCovered =
    isArray(addresses) && addresses.first <= place.base && addresses.last + addresses.size >= end
  if (isCovered && node.hullSize === addresses.size) {
    hull.add(node.hullLow, node.hullHigh)
    return
  }
  const inner = isCovered ? new Hull() : hull
  if (isPage(node)) visitPage(memory, node, { from, base: place.base }, addresses, inner)
  else {
    const step = spanOf(place.level - 1)
    for (let i = 0; i < node.children.length; i++) {
      visit(
        memory,
        node.children[i],
        { level: place.level - 1, base: place.base + i * step },
        addresses,
        inner,
      )
    }
  }
  if (!isCovered) return
  node.hullSize = addresses.size
  node.hullLow = inner.low
  node.hullHigh = inner.high
  hull.add(inner.low, inner.high)
}

function visitPage(
  memory: Memory,
  page: Page,
  { from, base }: { readonly from: number; readonly base: number },
  addresses: Addresses,
  hull: Hull,
): void {
  const end = Math.min(base + PAGE_BYTES - 1, addresses.last)
  for (let address = from; address <= end; address += addresses.stride) {
    const cell = wholeCell(page, address - base, addresses.size) ?? memory.peek(address, addresses.size)
    const { low, high } = boundsOfCell(cell)
    hull.add(low, high)
  }
}

/** The accesses that begin in the last bytes before `base`. */
function visitEdge(memory: Memory, { base }: Place, addresses: Addresses, hull: Hull): void {
  const from = firstFrom(addresses, base - addresses.size + 1)
  for (let address = from; address < base && address <= addresses.last; address += addresses.stride) {
    const { low, high } = boundsOfCell(memory.peek(address, addresses.size as CellSize))
    hull.add(low, high)
  }
}
