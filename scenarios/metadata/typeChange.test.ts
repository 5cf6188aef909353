import { describe, expect, it } from 'vitest'
import type { Shape, TypeTable } from '../../harness/codec/index.ts'
import { typeChange } from './typeChange.ts'

interface Named {
  readonly name: string
  readonly shape: Shape
}

/** A table of the types given, by position. */
function tableOf(types: readonly Named[]): TypeTable {
  return {
    shape: (type) => types[type]?.shape ?? { kind: 'unknown', name: String(type) },
    name: (type) => types[type]?.name ?? '?',
    calls: new Map(),
    ss58Format: 42,
    foreign: { decode: () => ({ value: null, length: 0 }), encode: () => new Uint8Array() },
  }
}

const U32: Named = { name: 'u32', shape: { kind: 'uint', bytes: 4 } }
const U64: Named = { name: 'u64', shape: { kind: 'uint', bytes: 8 } }
const I64: Named = { name: 'i64', shape: { kind: 'int', bytes: 8 } }
const PERBILL: Named = { name: 'Perbill', shape: { kind: 'uint', bytes: 4 } }
const NET_UID: Named = { name: 'NetUid', shape: { kind: 'uint', bytes: 4 } }

/** The first of each list is compared; the others are what it refers to. */
function between(older: readonly Named[], newer: readonly Named[]) {
  return typeChange({ types: tableOf(older), type: 0 }, { types: tableOf(newer), type: 0 })
}

function structOf(...fields: readonly (readonly [string, number])[]): Named {
  return { name: 'S', shape: { kind: 'struct', fields: fields.map(([name, type]) => ({ name, type })) } }
}

function enumOf(...variants: readonly (readonly [number, string])[]): Named {
  const entries = variants.map(([index, name]) => [index, { name, index, fields: [], docs: [] }] as const)
  return { name: 'E', shape: { kind: 'enum', variants: new Map(entries) } }
}

describe('typeChange', () => {
  it('finds nothing where only the wrapping type has another name', () => {
    expect(between([U32], [U32])).toBeNull()
    expect(between([U32], [NET_UID])).toBeNull()
  })

  it.each([
    ['u64', 'i64', U64, I64],
    ['u32', 'Perbill', U32, PERBILL],
    ['Perbill', 'u32', PERBILL, U32],
  ])('tells %s from %s in the same width', (before, after, a, b) => {
    expect(between([a], [b])).toEqual({ kind: 'scale', path: '', before, after })
  })

  it('names the field whose layout changed', () => {
    const older = [structOf(['free', 1], ['flags', 2]), U64, U32]
    const newer = [structOf(['free', 1], ['flags', 2]), U64, U64]
    expect(between(older, newer)).toEqual({ kind: 'layout', path: 'flags', before: 'u32', after: 'u64' })
    const longer = [structOf(['free', 1], ['flags', 2], ['more', 2]), U64, U32]
    expect(between(older, longer)).toMatchObject({ kind: 'layout', before: '(free: u64, flags: u32)' })
  })

  it('sees fields that change places', () => {
    const older = [structOf(['free', 1], ['reserved', 1]), U64]
    const newer = [structOf(['reserved', 1], ['free', 1]), U64]
    expect(between(older, newer)).toEqual({ kind: 'label', path: 'free', before: 'free', after: 'reserved' })
  })

  it('lets an enum grow, and sees variants that go or change places', () => {
    const older = [enumOf([0, 'A'], [1, 'B'])]
    expect(between(older, [enumOf([0, 'A'], [1, 'B'], [2, 'C'])])).toMatchObject({ kind: 'grown' })
    expect(between(older, [enumOf([0, 'A'])])).toMatchObject({ kind: 'layout', before: 'variant 1 B' })
    expect(between(older, [enumOf([0, 'B'], [1, 'A'])])).toMatchObject({ kind: 'label' })
  })

  it('ends on types that contain themselves', () => {
    const list: Named = { name: 'L', shape: { kind: 'vec', inner: 0 } }
    expect(between([list], [list])).toBeNull()
  })
})
