import type { Width } from '../decode/index.ts'
import { isTerm, TERM_KIND, type TermBuilder } from '../terms/index.ts'
import { type Addresses, isArray } from './addresses.ts'
import { fillCells, isFilled } from './fill.ts'
import { hullOfCells } from './hull.ts'
import { boundsOfCell, type Memory } from './memory.ts'
import type { CellSize } from './page.ts'

/**
 * A write of `bounds` to one of several addresses, and nobody knows which: afterwards each of those cells holds its old value
 * or the new one. They become summaries, from which each load gives a new unknown: two cells must never count as equal.
 */
export function writeWeakly(
  memory: Memory,
  builder: TermBuilder,
  addresses: Addresses,
  bounds: { readonly low: number; readonly high: number },
): void {
  if (!isArray(addresses) && addresses.stride < addresses.size) {
    writeBytes(memory, builder, addresses)
    return
  }
  if (!isArray(addresses)) {
    writeApart(memory, builder, addresses, bounds)
    return
  }
  const before = hullOfCells(memory, addresses)
  const low = Math.min(before.low, bounds.low)
  const high = Math.max(before.high, bounds.high)
  const cell = memory.peek(addresses.first, addresses.size)
  const isSummary = isTerm(cell) && cell.op === TERM_KIND.summary && cell.low === low && cell.high === high
  if (isSummary && isFilled(memory, addresses, cell)) return
  fillCells(memory, addresses, builder.summary(widthOf(addresses.size), { low, high, stride: 1 }))
}

function widthOf(size: CellSize): Width {
  return size === 8 ? 64 : 32
}

/** Accesses that overlap one another: every byte they touch may be anything. */
function writeBytes(memory: Memory, builder: TermBuilder, { first, last, size }: Addresses): void {
  const any = builder.summary(32, { low: 0, high: 255, stride: 1 })
  fillCells(memory, { first, last: last + size - 1, stride: 1, size: 1 }, any)
}

/** Cells that do not lie side by side, such as one field of each record. */
function writeApart(
  memory: Memory,
  builder: TermBuilder,
  addresses: Addresses,
  bounds: { readonly low: number; readonly high: number },
): void {
  for (let address = addresses.first; address <= addresses.last; address += addresses.stride) {
    const old = memory.peek(address, addresses.size)
    const known = boundsOfCell(old)
    const low = Math.min(known.low, bounds.low)
    const high = Math.max(known.high, bounds.high)
    const isSame = isTerm(old) && old.op === TERM_KIND.summary && low === known.low && high === known.high
    if (!isSame)
      memory.write(
        address,
        addresses.size,
        builder.summary(widthOf(addresses.size), { low, high, stride: 1 }),
      )
  }
}
