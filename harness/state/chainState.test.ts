import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChainState } from './chainState.ts'
import { type Changes, childPrefix } from './stateView.ts'
import { createPackedStore } from './store/packedStore.ts'
import { StateTrie } from './trie/stateTrie.ts'

type Model = Map<string, Uint8Array>

const keys = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), minLength: 1, maxLength: 3 }),
  },
  { weight: 1, arbitrary: fc.constantFrom('x', 'y').map((key) => childPrefix('child') + key) },
)
const values = fc.uint8Array({ minLength: 1, maxLength: 40 })
const states = fc.array(fc.tuple(keys, values), { maxLength: 15 }).map((entries): Model => new Map(entries))
const changeSets = fc
  .array(fc.tuple(keys, fc.option(values)), { maxLength: 8 })
  .map((entries): Changes => new Map(entries))
const steps = fc.array(fc.oneof(changeSets, fc.constant('seal' as const)), { maxLength: 12 })

describe('ChainState', () => {
  it('is the store with every change since, whatever was sealed between', () => {
    fc.assert(
      fc.property(states, steps, keys, (start, script, from) => {
        let state = open(start)
        const model: Model = new Map(start)
        const history: { state: ChainState; model: Model }[] = []
        for (const step of script) {
          state = step === 'seal' ? state.seal() : state.with(step)
          if (step !== 'seal') apply(model, step)
          history.push({ state, model: new Map(model) })
        }
        for (const past of history) expectSame(past.state, past.model, from)
      }),
      { seed: 1, numRuns: 150 },
    )
  })

  it('has the root of its content, with child tries, however it was reached', () => {
    fc.assert(
      fc.property(states, steps, fc.constantFrom(0 as const, 1 as const), (start, script, version) => {
        let state = open(start)
        const model: Model = new Map(start)
        for (const [i, step] of script.entries()) {
          state = step === 'seal' ? state.seal() : state.with(step)
          if (step !== 'seal') apply(model, step)
          if (i % 3 === 1) expect(state.stateRoot(version)).toEqual(rootOf(model, version))
        }
        expect(state.stateRoot(version)).toEqual(rootOf(model, version))
      }),
      { seed: 2, numRuns: 60 },
    )
  })

  it('remembers what the block changed, and forgets it at the seal', () => {
    fc.assert(
      fc.property(states, fc.array(changeSets, { minLength: 1, maxLength: 5 }), (start, block) => {
        const before = open(start)
        let state = before
        for (const changes of block) state = state.with(changes)
        const expected = new Map(block.flatMap((changes) => [...changes]))
        expect(state.backend).toBe(before)
        expect(new Map(state.changesSinceBackend())).toEqual(expected)
        expect(new Set(state.blockKeysWithPrefix('a'))).toEqual(
          new Set([...expected.keys()].filter((key) => key.startsWith('a'))),
        )
        const sealed = state.seal()
        expect(sealed.backend).toBe(sealed)
        expect(sealed.parent).toBe(before)
        expect(sealed.sealedFrom).toBe(state)
        expect(new Map(sealed.changes)).toEqual(expected)
        expect(sealed.changesSinceBackend().size).toBe(0)
        expect([...sealed.blockKeysWithPrefix('')]).toEqual([])
        expect(sealed.seal()).toBe(sealed)
      }),
      { seed: 3, numRuns: 100 },
    )
  })

  it('leaves what it was made from as it was', () => {
    const parent = ChainState.fromStore(createPackedStore([['a', new Uint8Array([1])]]))
    const left = parent.with(new Map([['a', null]]))
    const right = parent.with(new Map([['b', new Uint8Array([2])]]))
    expect([parent, left, right].map((state) => [...state.keysWithPrefix('')])).toEqual([
      ['a'],
      [],
      ['a', 'b'],
    ])
    expect(right.sealedFrom).toBeNull()
  })

  it('writes changes as the version of their time says, and leaves older values as they were written', () => {
    const long = new Uint8Array(40).fill(7)
    const before = ChainState.fromStore(createPackedStore([['a', long]]))
    before.stateRoot(0)
    const upgraded = before.with(new Map([['b', long]])).seal()
    const mixed = upgraded.stateRoot(1)
    expect(mixed).not.toEqual(rootOf(new Map([...modelOf(upgraded)]), 0))
    expect(mixed).not.toEqual(rootOf(new Map([...modelOf(upgraded)]), 1))
    const migrated = upgraded.with(new Map([['a', long.slice()]])).seal()
    expect(migrated.stateRoot(1)).toEqual(rootOf(modelOf(migrated), 1))
  })

  it('builds a store by the version that the chain is known to have, not by the one that is asked first', () => {
    const entries = [['a', new Uint8Array(40)]] as const
    const known = ChainState.fromStore(createPackedStore(entries), 0)
    expect(known.stateVersion).toBe(0)
    expect(known.stateRoot(1)).toEqual(rootOf(new Map(entries), 0))
    expect(known.with(new Map()).stateVersion).toBe(0)
    expect(ChainState.fromStore(createPackedStore(entries)).stateVersion).toBeNull()
  })

  it('takes a trie that was computed for its content', () => {
    const parent = open(new Map([['a', new Uint8Array([1])]]))
    const changes = new Map([['b', new Uint8Array([2])]])
    const trie = parent.trie(0).apply(changes, 0)
    const next = parent.with(changes, trie)
    expect(next.trie(0)).toBe(trie)
    expect(next.seal().trie(0)).toBe(trie)
  })
})

function open(model: Model): ChainState {
  return ChainState.fromStore(createPackedStore([...model]))
}

function apply(model: Model, changes: Changes): void {
  for (const [key, value] of changes) {
    if (value === null) model.delete(key)
    else model.set(key, value)
  }
}

function modelOf(state: ChainState): Model {
  return new Map([...state.keysWithPrefix('')].map((key) => [key, state.get(key) ?? new Uint8Array()]))
}

function rootOf(model: Model, version: 0 | 1): Uint8Array {
  return StateTrie.build(createPackedStore([...model]), version).rootHash
}

function expectSame(state: ChainState, model: Model, from: string): void {
  const sorted = [...model.keys()].sort()
  expect([...state.keysWithPrefix('')]).toEqual(sorted)
  expect([...state.keysWithPrefix(from)]).toEqual(sorted.filter((key) => key.startsWith(from)))
  for (const prefix of ['', from]) {
    const expected = sorted.filter((key) => key.startsWith(prefix)).map((key) => [key, model.get(key)])
    expect([...state.entries(prefix)]).toEqual(expected)
  }
  expect(state.nextKey(from)).toBe(sorted.find((key) => key > from) ?? null)
  for (const key of [...sorted, from]) expect(state.get(key)).toEqual(model.get(key) ?? null)
}
