import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packChanges, unpackChanges } from './packedChanges.ts'
import { type Changes, childPrefix } from './stateView.ts'

const names = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
const keys = fc.oneof(
  names,
  fc.tuple(names, names).map(([child, key]) => childPrefix(child) + key),
)
const changeSets = fc
  .array(fc.tuple(keys, fc.option(fc.uint8Array({ maxLength: 50 }))), { maxLength: 30 })
  .map((entries): Changes => new Map(entries))

describe('packChanges', () => {
  it('comes back the same and in the same order, child keys and empty values too', () => {
    fc.assert(
      fc.property(changeSets, (changes) => {
        const back = unpackChanges(packChanges(changes))
        expect([...back].map(([key, value]) => [key, value && [...value]])).toEqual(
          [...changes].map(([key, value]) => [key, value && [...value]]),
        )
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('tells an empty value from a deleted key', () => {
    const changes: Changes = new Map([
      ['a', new Uint8Array()],
      ['b', null],
    ])
    expect(unpackChanges(packChanges(changes))).toEqual(changes)
  })

  it('survives the way to another thread', () => {
    const changes: Changes = new Map([[`${childPrefix('\xff')}k`, new Uint8Array([1, 2, 3])]])
    const packed = packChanges(changes)
    expect(unpackChanges(structuredClone(packed, { transfer: [packed.buffer] }))).toEqual(changes)
  })
})
