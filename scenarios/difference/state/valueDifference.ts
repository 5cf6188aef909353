import type { ChainValue } from '../../../harness/codec/index.ts'

/** A place inside two values at which they differ. */
export interface ValueDifference {
  /** Such as `data.free` or `3.1`; empty for the value itself. */
  readonly path: string
  readonly before: ChainValue
  readonly after: ChainValue
}

type Fields = { readonly [name: string]: ChainValue }

/**
 * Where two decoded values differ, by name: integers of any width by their number, structs by the fields that both have. At most
 * `most` places, in order.
 */
export function valueDifferences(
  before: ChainValue,
  after: ChainValue,
  most = 4,
): readonly ValueDifference[] {
  const found: ValueDifference[] = []
  compare({ before, after, path: '' }, found, most)
  return found
}

/** True when they mean the same, by name. */
export function isSameByName(before: ChainValue, after: ChainValue): boolean {
  return valueDifferences(before, after, 1).length === 0
}

/** Null, false, zero, nothing but those, or nothing at all: what a value is before anybody gave it one. */
export function isBlank(value: ChainValue): boolean {
  if (value === null || value === false || value === 0 || value === '0' || value === '') return true
  if (typeof value === 'string') return /^0x(00)*$/.test(value)
  if (Array.isArray(value)) return value.every(isBlank)
  return isFields(value) && Object.values(value).every(isBlank)
}

function compare(place: ValueDifference, found: ValueDifference[], most: number): void {
  const { before, after, path } = place
  if (found.length >= most || isSameLeaf(before, after)) return
  const step = (name: string | number) => (path === '' ? String(name) : `${path}.${name}`)
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((item: ChainValue, i) => {
      compare({ before: item, after: (after[i] ?? null) as ChainValue, path: step(i) }, found, most)
    })
    return
  }
  if (isFields(before) && isFields(after)) {
    const common = Object.keys(before).filter((name) => name in after)
    if (common.length > 0) {
      for (const name of common) {
        compare({ before: before[name] ?? null, after: after[name] ?? null, path: step(name) }, found, most)
      }
      return
    }
  }
  found.push(place)
}

function isSameLeaf(a: ChainValue, b: ChainValue): boolean {
  if (a === b) return true
  // 5 in a u32 is '5' in a u64.
  return isScalar(a) && isScalar(b) && String(a) === String(b)
}

function isScalar(value: ChainValue): value is number | string {
  return typeof value === 'number' || typeof value === 'string'
}

function isFields(value: ChainValue): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
