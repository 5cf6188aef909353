import type { Access } from '../decode/index.ts'
import { type Addresses, hullOfCells, writeWeakly } from '../memory/index.ts'
import { findRegion, type Region, type Site, touchesRegion } from '../regions/index.ts'
import { type Interval, intervalOf, isTerm, type Value } from '../terms/index.ts'
import type { State } from './state.ts'
import type { Walker } from './walker.ts'
import { WalkStop } from './walkStop.ts'

const PAGE_BYTES = 65_536

/** One load or store of the code, with the region that it hit last: most hit the same again. */
export interface AccessSite {
  readonly site: Site
  readonly access: Access
  readonly isWrite: boolean
  lastRegion: Region | null
}

/** The value that a load gives, of the access's width; the state is dead when it surely traps. */
export function loadValue(walker: Walker, at: AccessSite, state: State, address: Value): Value {
  if (typeof address === 'number' && isInLastRegion(at, state, address + at.access.offset)) {
    const cell = state.memory.read(address + at.access.offset, at.access.sizeBytes)
    return widenCell(walker, at.access, state, cell)
  }
  const addresses = checkAccess(walker, at, state, address)
  if (addresses === null) return 0
  const cell =
    addresses.first === addresses.last
      ? state.memory.read(addresses.first, addresses.size)
      : loadUnknown(walker, state, { addresses, address, offset: at.access.offset })
  return widenCell(walker, at.access, state, cell)
}

/** Stores a value of the access's width; the state is dead when it surely traps. */
export function storeValue(
  walker: Walker,
  at: AccessSite,
  state: State,
  { address, value }: { readonly address: Value; readonly value: Value },
): void {
  if (typeof address === 'number' && isInLastRegion(at, state, address + at.access.offset)) {
    const cell = narrowToCell(walker, at.access, state, value)
    state.memory.write(address + at.access.offset, at.access.sizeBytes, cell)
    return
  }
  const addresses = checkAccess(walker, at, state, address)
  if (addresses === null) return
  const cell = narrowToCell(walker, at.access, state, value)
  if (addresses.first === addresses.last) {
    state.memory.write(addresses.first, addresses.size, cell)
    return
  }
  if (walker.options.isExact) {
    storeChoices(walker, state, { addresses, address, offset: at.access.offset }, cell)
    return
  }
  const bounds = walker.refiner.boundsOf(cell, state.facts)
  writeWeakly(state.memory, walker.builder, addresses, bounds)
}

/** PERF: most accesses have a known address and hit the region that the last one hit; regions lie in memory. */
function isInLastRegion(at: AccessSite, state: State, start: number): boolean {
  const last = at.lastRegion
  if (last === null || start < last.start || start + at.access.sizeBytes > last.end) return false
  return state.regions.includes(last)
}

/** The addresses that an access may have once it is known not to trap; null when it surely does, or leaves its regions. */
function checkAccess(walker: Walker, at: AccessSite, state: State, address: Value): Addresses | null {
  at.site.isReached = true
  const { sizeBytes, offset } = at.access
  const limit = state.pages * PAGE_BYTES - offset - sizeBytes
  let bounds = boundsOfAddress(walker, state, address)
  if (bounds.high > limit) {
    reportBeyond(walker, at, state, { address, bounds, limit })
    if (state.isDead) return null
    bounds = boundsOfAddress(walker, state, address)
  }
  const high = Math.min(bounds.high, limit)
  const span = { start: bounds.low + offset, end: high + offset + sizeBytes, isWrite: at.isWrite }
  if (!isInRegion(at, state, span)) {
    reportOutside(walker, at, state, { address, span })
    if (state.isDead) return null
  }
  const stride = bounds.low === high ? sizeBytes : Math.max(bounds.stride, 1)
  return { first: bounds.low + offset, last: high + offset, stride, size: sizeBytes }
}

function boundsOfAddress(walker: Walker, state: State, address: Value): Interval {
  return isTerm(address) ? walker.refiner.boundsOf(address, state.facts) : intervalOf(address)
}

function reportBeyond(
  walker: Walker,
  at: AccessSite,
  state: State,
  { address, bounds, limit }: { readonly address: Value; readonly bounds: Interval; readonly limit: number },
): void {
  const isCertain = bounds.low > limit
  const { builder } = walker
  const condition = limit < 0 ? 1 : builder.apply(walker.operator('gt_u', 32), address, limit, state.facts)
  walker.alarm(at.site, 'out of memory bounds', state, { condition, isCertain, detail: describe(bounds, at) })
  if (isCertain || limit < 0 || walker.assume(state, condition, false) === null) state.isDead = true
}

function isInRegion(
  at: AccessSite,
  state: State,
  span: { readonly start: number; readonly end: number; readonly isWrite: boolean },
): boolean {
  const last = at.lastRegion
  if (last !== null && span.start >= last.start && span.end <= last.end && state.regions.includes(last))
    return true
  const found = findRegion(state.regions, span)
  at.lastRegion = found
  return found !== null
}

function reportOutside(
  walker: Walker,
  at: AccessSite,
  state: State,
  {
    address,
    span,
  }: {
    readonly address: Value
    readonly span: { readonly start: number; readonly end: number; readonly isWrite: boolean }
  },
): void {
  const isCertain = !isTerm(address) || !touchesRegion(state.regions, span)
  const condition = isCertain ? 1 : outsideCondition(walker, at, state, address)
  const kind = at.isWrite ? 'write outside regions' : 'read outside regions'
  walker.alarm(at.site, kind, state, { condition, isCertain, detail: `bytes ${span.start} to ${span.end}` })
  if (isCertain) state.isDead = true
}

/** That the access lies in none of the regions. */
function outsideCondition(walker: Walker, at: AccessSite, state: State, address: Value): Value {
  const { builder } = walker
  const { offset, sizeBytes } = at.access
  let condition: Value = 1
  for (const region of state.regions) {
    if (!(at.isWrite ? region.isWritable : region.isReadable)) continue
    const first = Math.max(0, region.start - offset)
    const last = region.end - offset - sizeBytes
    if (last < first) continue
    const isBelow = builder.apply(walker.operator('lt_u', 32), address, first, state.facts)
    const isAbove = builder.apply(walker.operator('gt_u', 32), address, last, state.facts)
    const isOutside = builder.apply(walker.operator('or', 32), isBelow, isAbove, state.facts)
    condition = builder.apply(walker.operator('and', 32), condition, isOutside, state.facts)
  }
  return condition
}

function describe({ low, high }: Interval, { access }: AccessSite): string {
  return `bytes ${low + access.offset} to ${high + access.offset + access.sizeBytes}`
}

interface UnknownAccess {
  readonly addresses: Addresses
  readonly address: Value
  readonly offset: number
}

function loadUnknown(walker: Walker, state: State, access: UnknownAccess): Value {
  const { size } = access.addresses
  if (walker.options.isExact) return loadChoices(walker, state, access)
  const { low, high } = hullOfCells(state.memory, access.addresses)
  return walker.builder.unknown(size === 8 ? 64 : 32, { low, high, stride: 1 })
}

/** Exact: one cell after the other, chosen by comparing the address. */
function loadChoices(walker: Walker, state: State, access: UnknownAccess): Value {
  const width = access.addresses.size === 8 ? 64 : 32
  let result: Value | null = null
  for (const { at, isHere } of eachAddress(walker, state, access)) {
    const cell = state.memory.read(at, access.addresses.size)
    result =
      result === null
        ? cell
        : walker.builder.choose(
            { condition: isHere, origin: null },
            [cell, state.facts],
            [result, state.facts],
            width,
          )
  }
  return result ?? 0
}

function storeChoices(walker: Walker, state: State, access: UnknownAccess, value: Value): void {
  const { size } = access.addresses
  const width = size === 8 ? 64 : 32
  for (const { at, isHere } of eachAddress(walker, state, access)) {
    const old = state.memory.read(at, size)
    state.memory.write(
      at,
      size,
      walker.builder.choose(
        { condition: isHere, origin: null },
        [value, state.facts],
        [old, state.facts],
        width,
      ),
    )
  }
}

function eachAddress(
  walker: Walker,
  state: State,
  { addresses, address, offset }: UnknownAccess,
): readonly { readonly at: number; readonly isHere: Value }[] {
  const { first, last, stride } = addresses
  const count = Math.floor((last - first) / stride) + 1
  if (count > walker.options.maxCells) {
    throw new WalkStop('cells', `an address may mean ${count} cells, limit ${walker.options.maxCells}`)
  }
  return Array.from({ length: count }, (_, i) => {
    const at = first + i * stride
    return { at, isHere: walker.builder.apply(walker.operator('eq', 32), address, at - offset, state.facts) }
  })
}

/** A cell's unsigned value as what the load gives. */
function widenCell(walker: Walker, { sizeBytes, width, isSigned }: Access, state: State, cell: Value): Value {
  if (sizeBytes === 8 || (sizeBytes === 4 && width === 32)) return cell
  if (!isSigned && (width === 32 || typeof cell === 'number')) return cell
  const { builder } = walker
  let value = cell
  if (isSigned && sizeBytes < 4) {
    value = builder.apply(
      walker.operator(sizeBytes === 1 ? 'extend8_s' : 'extend16_s', 32),
      cell,
      0,
      state.facts,
    )
  }
  if (width === 32) return value
  return builder.apply(walker.operator(isSigned ? 'extend_s' : 'extend_u', 32), value, 0, state.facts)
}

/** The low bytes of a value, as a cell holds them. */
function narrowToCell(walker: Walker, { sizeBytes, width }: Access, state: State, value: Value): Value {
  if (sizeBytes === 8 || (sizeBytes === 4 && width === 32)) return value
  const { builder } = walker
  const low = width === 64 ? builder.apply(walker.operator('wrap', 64), value, 0, state.facts) : value
  if (sizeBytes === 4) return low
  return builder.apply(walker.operator('and', 32), low, sizeBytes === 1 ? 0xff : 0xffff, state.facts)
}
