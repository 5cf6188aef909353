import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex } from '../../base/bytes.ts'
import { CHILD_ROOT_PREFIX, type Changes, childPrefix, type StorageKey } from '../stateView.ts'
import { EMPTY_TRIE_ROOT, StateTrie, type StateVersion } from './index.ts'
import {
  createModelStore,
  type ModelState,
  modelApply,
  modelChild,
  modelRoot,
  modelStateRoot,
} from './trieModel.testkit.ts'

const CHILD_KEYS = ['a', 'ab', '\u00ff']

/** Few bytes, so that keys are often prefixes of each other or part in the middle of a byte. */
const shortKey = fc
  .array(fc.constantFrom(0x00, 0x01, 0x0f, 0x10, 0x11, 0xf0, 0xff), { maxLength: 4 })
  .map((bytes) => String.fromCharCode(...bytes))
const longKey = fc.tuple(shortKey, fc.nat(40)).map(([key, repeats]) => key + '\u0012'.repeat(repeats) + key)
const trieKey = fc.oneof({ weight: 4, arbitrary: shortKey }, { weight: 1, arbitrary: longKey })
const stateKey = fc.oneof(
  { weight: 3, arbitrary: trieKey },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...CHILD_KEYS), trieKey)
      .map(([child, key]) => childPrefix(child) + key),
  },
)
const value = fc
  .tuple(fc.constantFrom(0, 1, 2, 20, 31, 32, 33, 34, 64, 100), fc.nat(255))
  .map(([length, byte]) => new Uint8Array(length).fill(byte))
const version = fc.constantFrom<StateVersion>(0, 1)

function entries(count: number): fc.Arbitrary<[StorageKey, Uint8Array][]> {
  return fc.array(fc.tuple(stateKey, value), { maxLength: count })
}

interface Step {
  readonly version: StateVersion
  readonly changes: readonly (readonly [StorageKey, Uint8Array | null])[]
  /** Places in the state of keys to delete, so that deletes hit. */
  readonly deletes: readonly number[]
}

const step: fc.Arbitrary<Step> = fc.record({
  version,
  changes: fc.array(
    fc.tuple(
      stateKey,
      fc.oneof({ weight: 1, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) }),
    ),
    { maxLength: 30 },
  ),
  deletes: fc.array(fc.nat(1000), { maxLength: 20 }),
})

function toChanges(state: ModelState, { changes, deletes }: Step): Changes {
  const keys = [...state.keys()].filter((key) => !key.startsWith(CHILD_ROOT_PREFIX))
  const all = new Map<StorageKey, Uint8Array | null>(changes)
  for (const index of deletes) {
    const key = keys[index % Math.max(keys.length, 1)]
    if (key !== undefined) all.set(key, null)
  }
  return all
}

function initialState(
  stored: readonly (readonly [StorageKey, Uint8Array])[],
  version: StateVersion,
): ModelState {
  return modelApply(new Map(), new Map(stored), version)
}

function expectEqual(trie: StateTrie, state: ModelState): void {
  expect(bytesToHex(trie.rootHash)).toBe(modelStateRoot(state))
  for (const childKey of CHILD_KEYS) {
    expect(trie.childRoot(childKey)).toEqual(modelRoot(modelChild(state, childKey)))
  }
}

describe('StateTrie', () => {
  it('has the well-known root when empty', () => {
    const trie = StateTrie.build(createModelStore([]), 1)
    expect(bytesToHex(trie.rootHash)).toBe(
      '0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314',
    )
    expect(trie.childRoot('none')).toBe(EMPTY_TRIE_ROOT)
    expect(trie.apply(new Map([['a', null]]), 0).rootHash).toEqual(EMPTY_TRIE_ROOT)
  })

  it('builds what the model builds, and adds roots of child tries that the store lacks', () => {
    fc.assert(
      fc.property(entries(80), version, (stored, version) => {
        expectEqual(StateTrie.build(createModelStore(stored), version), initialState(stored, version))
      }),
      { seed: 1, numRuns: 150 },
    )
  })

  it('stays equal to the model over batches of mixed versions, and leaves the parent as it was', () => {
    fc.assert(
      fc.property(
        entries(150),
        version,
        fc.array(step, { minLength: 1, maxLength: 4 }),
        (stored, version, steps) => {
          let state = initialState(stored, version)
          let trie = StateTrie.build(createModelStore(stored), version)
          for (const step of steps) {
            const changes = toChanges(state, step)
            const before = bytesToHex(trie.rootHash)
            const next = trie.apply(changes, step.version)
            state = modelApply(state, changes, step.version)
            expectEqual(next, state)
            expect(bytesToHex(trie.rootHash)).toBe(before)
            expectEqual(trie.apply(changes, step.version), state)
            trie = next
          }
        },
      ),
      { seed: 1, numRuns: 250 },
    )
  })

  it('gives child roots before they are applied, and the same trie whether or not they are among the changes', () => {
    fc.assert(
      fc.property(entries(60), step, (stored, step) => {
        const state = initialState(stored, 0)
        const trie = StateTrie.build(createModelStore(stored), 0)
        const changes = toChanges(state, step)
        const after = modelApply(state, changes, step.version)
        const roots = trie.changedChildRoots(changes, step.version)
        for (const [key, root] of roots) expect(root).toEqual(after.get(key)?.value ?? null)
        for (const childKey of CHILD_KEYS) {
          const root = trie.childRootAfter(childKey, changes, step.version)
          expect(root).toEqual(modelRoot(modelChild(after, childKey)))
        }
        expectEqual(trie.apply(new Map([...changes, ...roots]), step.version), after)
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  it('forgets a deleted key that the store still has', () => {
    const one = new Uint8Array([1])
    const store = createModelStore(['aa', 'ab', 'b'].map((key) => [key, one]))
    const trie = StateTrie.build(store, 0)
      .apply(new Map([['ab', null]]), 0)
      .apply(new Map([['aa', null]]), 0)
      .apply(new Map([['ac', one]]), 0)
    expectEqual(
      trie,
      initialState(
        ['ac', 'b'].map((key) => [key, one]),
        0,
      ),
    )
    expectEqual(trie.apply(new Map(['ac', 'b'].map((key) => [key, null])), 0), new Map())
  })

  it('writes a value again under the version of the change, even when it is the same', () => {
    const long = new Uint8Array(40)
    const trie = StateTrie.build(
      createModelStore([
        ['a', long],
        ['b', long],
      ]),
      0,
    ).apply(new Map([['a', long]]), 1)
    const state: ModelState = new Map([
      ['a', { value: long, version: 1 }],
      ['b', { value: long, version: 0 }],
    ])
    expectEqual(trie, state)
    expect(bytesToHex(trie.rootHash)).not.toBe(
      modelStateRoot(
        initialState(
          [
            ['a', long],
            ['b', long],
          ],
          1,
        ),
      ),
    )
  })

  it('takes keys nested deeply, with long partial keys and large values', () => {
    const nested = Array.from({ length: 300 }, (_, i): [StorageKey, Uint8Array] => [
      'x'.repeat(i),
      new Uint8Array(i),
    ])
    const stored: [StorageKey, Uint8Array][] = [...nested, ['y'.repeat(700), new Uint8Array(300_000)]]
    const state = initialState(stored, 0)
    const trie = StateTrie.build(createModelStore(stored), 0)
    expectEqual(trie, state)
    const changes = new Map(nested.flatMap(([key], i) => (i % 3 === 0 ? [] : [[key, null] as const])))
    expectEqual(trie.apply(changes, 0), modelApply(state, changes, 0))
  })

  it('applies the same in one batch or many, over thousands of keys', () => {
    const key = (i: number): StorageKey => bytesToHex(new Uint8Array([i & 255, i >> 8])).repeat(1 + (i % 3))
    const all = Array.from({ length: 3000 }, (_, i): [StorageKey, Uint8Array] => [
      key(i * 7),
      new Uint8Array(i % 50),
    ])
    const stored = all.filter((_, i) => i % 2 === 0)
    const changes: Changes = new Map(
      all.map(([key], i) => [key, i % 5 === 0 ? null : new Uint8Array(i % 60)]),
    )
    const trie = StateTrie.build(createModelStore(stored), 1)
    const expected = modelApply(initialState(stored, 1), changes, 1)
    expectEqual(trie.apply(changes, 1), expected)
    let stepwise = trie
    const list = [...changes].reverse()
    for (let i = 0; i < list.length; i += 37) stepwise = stepwise.apply(new Map(list.slice(i, i + 37)), 1)
    expectEqual(stepwise, expected)
  })
})
