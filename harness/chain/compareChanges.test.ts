import { describe, expect, it } from 'vitest'
import type { StateView } from '../state/stateView.ts'
import { compareChanges, effectiveChanges } from './compareChanges.ts'
import { storageDiff } from './storageDiff.ts'

const one = new Uint8Array([1])
const two = new Uint8Array([2])

function view(entries: Readonly<Record<string, Uint8Array>>): StateView {
  const keys = Object.keys(entries).sort()
  return {
    get: (key) => entries[key] ?? null,
    nextKey: (key) => keys.find((other) => other > key) ?? null,
  }
}

describe('changes', () => {
  const parent = view({ a: one, b: two })

  it('calls changes equal that leave the same values', () => {
    expect(compareChanges(parent, new Map([['a', one]]), new Map([['c', null]]))).toEqual([])
  })

  it('names each key with both values, in byte order', () => {
    const differences = compareChanges(parent, new Map([['c', one]]), new Map([['a', null]]))
    expect(differences).toEqual([
      { key: 'a', left: one, right: null },
      { key: 'c', left: one, right: null },
    ])
  })

  it('keeps only what changes something', () => {
    const changes = new Map([
      ['a', one],
      ['b', one],
      ['c', null],
    ])
    expect([...effectiveChanges(parent, changes)]).toEqual([['b', one]])
  })
})

describe('storage diff', () => {
  it('counts keys and bytes by item, the item of most keys first', () => {
    const parent = view({ 'X.old.1': two, 'X.new.1': one, 'Y.new.1': one })
    const changes = new Map([
      ['X.old.1', null],
      ['X.new.1', two],
      ['X.new.2', two],
      ['X.new.3', null],
      ['Y.new.1', one],
      ['?', one],
    ])
    const label = (known: string) => ({
      itemOfKey: (key: string) => {
        const item = key.slice(0, 5)
        return item.endsWith(known) || item.endsWith('both') ? item : '0xff'
      },
    })
    const diff = storageDiff(parent, changes, { old: label('old'), new: label('new') })
    expect(diff.map(({ samples, ...rest }) => ({ ...rest, samples: samples.length }))).toEqual([
      {
        item: 'X.new',
        knownTo: 'new',
        added: 1,
        changed: 1,
        removed: 0,
        bytesBefore: 8,
        bytesAfter: 16,
        samples: 2,
      },
      {
        item: '0xff',
        knownTo: 'none',
        added: 1,
        changed: 0,
        removed: 0,
        bytesBefore: 0,
        bytesAfter: 2,
        samples: 1,
      },
      {
        item: 'X.old',
        knownTo: 'old',
        added: 0,
        changed: 0,
        removed: 1,
        bytesBefore: 8,
        bytesAfter: 0,
        samples: 1,
      },
    ])
  })
})
