import { type CellSize, fillCells, type Memory, writeWeakly } from '../memory/index.ts'
import { type AlarmKind, findRegion, type Site, touchesRegion } from '../regions/index.ts'
import { type Interval, isTerm, type Value } from '../terms/index.ts'
import type { State } from './state.ts'
import type { Walker } from './walker.ts'
import { WalkStop } from './walkStop.ts'

const PAGE_BYTES = 65_536
const BYTE = { low: 0, high: 255 } as const

interface BulkOperands {
  readonly to: Value
  /** The byte to write, or the address to copy from. */
  readonly source: Value
  readonly count: Value
}

/** `memory.fill`. */
export function fillMemory(
  walker: Walker,
  site: Site,
  state: State,
  { to, source, count }: BulkOperands,
): void {
  chargeBytes(walker, state, count)
  const byte = walker.builder.apply(walker.operator('and', 32), source, 255, state.facts)
  const target = checkSpan(walker, site, state, { start: to, count, isWrite: true })
  if (target === null) return
  if (target.isExact && target.most === 0) return
  const addresses = { first: target.first, last: target.end - 1, stride: 1, size: 1 } as const
  if (!target.isExact) {
    if (walker.options.isExact) throw new WalkStop('unsupported', 'memory.fill of unknown bytes')
    writeWeakly(state.memory, walker.builder, addresses, walker.refiner.boundsOf(byte, state.facts))
    return
  }
  if (!isTerm(byte)) fillCells(state.memory, addresses, byte)
  else for (let i = 0; i < target.most; i++) state.memory.write(target.first + i, 1, byte)
}

/** `memory.copy`. */
export function copyMemory(
  walker: Walker,
  site: Site,
  state: State,
  { to, source, count }: BulkOperands,
): void {
  chargeBytes(walker, state, count)
  const from = checkSpan(walker, site, state, { start: source, count, isWrite: false })
  if (from === null) return
  const target = checkSpan(walker, site, state, { start: to, count, isWrite: true })
  if (target === null) return
  if (target.most === 0) return
  if (from.isExact && target.isExact) {
    copyCells(state.memory, { from: from.first, to: target.first, count: target.most })
    return
  }
  if (walker.options.isExact) throw new WalkStop('unsupported', 'memory.copy of unknown bytes')
  const addresses = { first: target.first, last: target.end - 1, stride: 1, size: 1 } as const
  writeWeakly(state.memory, walker.builder, addresses, BYTE)
}

/** As the meter: one instruction for every 8 bytes, besides the one that it is. */
function chargeBytes(walker: Walker, state: State, count: Value): void {
  walker.charge(state, Math.floor(walker.refiner.boundsOf(count, state.facts).high / 8))
}

interface Span {
  readonly first: number
  readonly end: number
  /** Bytes at most. */
  readonly most: number
  /** Whether start and count are one value each. */
  readonly isExact: boolean
}

/** What a bulk operation touches at most, after alarms for what it must not; null when it surely traps. */
function checkSpan(
  walker: Walker,
  site: Site,
  state: State,
  { start, count, isWrite }: { readonly start: Value; readonly count: Value; readonly isWrite: boolean },
): Span | null {
  site.isReached = true
  const first = walker.refiner.boundsOf(start, state.facts)
  const bytes = walker.refiner.boundsOf(count, state.facts)
  const size = state.pages * PAGE_BYTES
  const span = { start: first.low, end: first.high + bytes.high, isWrite }
  if (span.end > size) {
    const isCertain = first.low + bytes.low > size
    raise(walker, site, state, { kind: 'out of memory bounds', isCertain, span })
    if (isCertain) return null
  }
  const isExact = isOne(first) && isOne(bytes)
  if (bytes.high > 0 && findRegion(state.regions, span) === null) {
    const isCertain = (isExact || !touchesRegion(state.regions, span)) && bytes.low > 0
    raise(walker, site, state, {
      kind: isWrite ? 'write outside regions' : 'read outside regions',
      isCertain,
      span,
    })
    if (isCertain) return null
  }
  return { first: first.low, end: Math.min(span.end, size), most: bytes.high, isExact }
}

function isOne({ low, high }: Interval): boolean {
  return low === high
}

function raise(
  walker: Walker,
  site: Site,
  state: State,
  about: {
    readonly kind: AlarmKind
    readonly isCertain: boolean
    readonly span: { start: number; end: number }
  },
): void {
  const { kind, isCertain, span } = about
  // Not followed by a solver: the condition is that something of it happens.
  walker.alarm(site, kind, state, { condition: 1, isCertain, detail: `bytes ${span.start} to ${span.end}` })
  if (isCertain) state.isDead = true
}

/** Copies cells as they lie, so that a copied value stays one value; the areas may overlap. */
function copyCells(
  memory: Memory,
  { from, to, count }: { readonly from: number; readonly to: number; readonly count: number },
): void {
  const cells: { readonly place: number; readonly size: CellSize; readonly value: Value }[] = []
  for (let place = 0; place < count; ) {
    const size = memory.cellSizeAt(from + place, count - place)
    cells.push({ place, size, value: memory.peek(from + place, size) })
    place += size
  }
  for (const { place, size, value } of cells) memory.write(to + place, size, value)
}
