import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppendList } from './appendList.ts'
import { APPEND_CASES, APPEND_ITEM } from './appendTable.testkit.ts'
import { ChainState } from './chainState.ts'
import { CLEAR_PREFIX_CASES } from './clearPrefixTable.testkit.ts'
import { Overlay, OverlayFullError } from './overlay.ts'
import { type Changes, childPrefix } from './stateView.ts'
import { createPackedStore } from './store/packedStore.ts'

type Values = ReadonlyMap<string, Uint8Array | null>

const X = new Uint8Array([1])
const Y = new Uint8Array([2])
const Z = new Uint8Array([3])

const keys = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 })
const values = fc.uint8Array({ minLength: 1, maxLength: 3 })
const commands = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key: keys, value: values }),
  fc.record({ kind: fc.constant('delete' as const), key: keys }),
  fc.record({ kind: fc.constant('append' as const), key: keys, value: values }),
  fc.record({
    kind: fc.constant('clear' as const),
    key: keys,
    limit: fc.option(fc.nat(4)),
    from: fc.option(keys),
  }),
  fc.record({ kind: fc.constant('next' as const), key: keys }),
  fc.constantFrom(
    { kind: 'start' as const },
    { kind: 'commit' as const },
    { kind: 'rollback' as const },
    { kind: 'changes' as const },
  ),
)
type Command = typeof commands extends fc.Arbitrary<infer T> ? T : never

describe('Overlay', () => {
  it('does what a plain map with copies for transactions does', () => {
    const changeSets = fc.array(fc.tuple(keys, fc.option(values)), { maxLength: 5 })
    const backends = fc.array(fc.tuple(keys, values), { maxLength: 8 })
    fc.assert(
      fc.property(backends, changeSets, fc.array(commands, { maxLength: 40 }), (below, block, script) => {
        const backend = new Map(below)
        const state = ChainState.fromStore(createPackedStore([...backend])).with(new Map(block))
        const overlay = new Overlay(state)
        const model = new PlainOverlay(backend, new Map(block))
        for (const command of script) expect(perform(overlay, command)).toEqual(model.perform(command))
        expectSame(overlay, model)
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  it.each(APPEND_CASES)('appends to $why', ({ before, after }) => {
    const inState = new Overlay(stateOf(before === null ? {} : { k: before }))
    inState.append('k', APPEND_ITEM)
    expect(inState.get('k')).toEqual(after)
    const ownValue = new Overlay(stateOf({ k: Z }))
    if (before === null) ownValue.delete('k')
    else ownValue.set('k', before)
    ownValue.append('k', APPEND_ITEM)
    expect(ownValue.get('k')).toEqual(after)
    expect(ownValue.changes().get('k')).toEqual(after)
  })

  it('takes appends back with their transaction, also when a later one went on from there', () => {
    const overlay = new Overlay(stateOf({}))
    overlay.append('k', X)
    overlay.startTransaction()
    overlay.append('k', Y)
    overlay.startTransaction()
    overlay.append('k', Z)
    expect(overlay.get('k')).toEqual(new Uint8Array([12, 1, 2, 3]))
    overlay.rollbackTransaction()
    overlay.append('k', X)
    expect(overlay.get('k')).toEqual(new Uint8Array([12, 1, 2, 1]))
    overlay.rollbackTransaction()
    expect(overlay.changes().get('k')).toEqual(new Uint8Array([4, 1]))
    overlay.append('k', Z)
    expect(overlay.changes().get('k')).toEqual(new Uint8Array([8, 1, 3]))
  })

  it('hands out bytes, never lists, after a rollback to an appended value', () => {
    const overlay = new Overlay(stateOf({}))
    overlay.append('k', X)
    overlay.startTransaction()
    overlay.changes()
    overlay.set('k', Y)
    overlay.rollbackTransaction()
    for (const value of overlay.changes().values()) expect(value).not.toBeInstanceOf(AppendList)
  })

  it.each(CLEAR_PREFIX_CASES)('clears a prefix: $why', ({ backend, overlay: own, limit, ...expected }) => {
    const overlay = new Overlay(stateOf(backend))
    for (const [key, value] of Object.entries(own)) write(overlay, key, value)
    const { next, removed, unique, loops } = expected
    expect(overlay.clearPrefix('p', limit)).toEqual({ next, removed, unique, loops })
    expect(deleted(overlay.changes())).toEqual(expected.deleted)
  })

  it('counts keys of the block before, and not those of earlier calls of this block', () => {
    const earlier = stateOf({ p1: X, p2: X }).with(
      new Map<string, Uint8Array | null>([
        ['p1', null],
        ['p3', Y],
      ]),
    )
    const within = new Overlay(earlier)
    expect(within.clearPrefix('p', 1)).toEqual({ next: 'p2', removed: 0, unique: 1, loops: 1 })
    expect(deleted(within.changes())).toEqual(['p3'])
    const after = new Overlay(earlier.seal())
    expect(after.clearPrefix('p', 1)).toEqual({ next: 'p3', removed: 1, unique: 1, loops: 1 })
    expect(deleted(after.changes())).toEqual(['p2'])
  })

  it('does not clear past the limit what only a rolled-back transaction had written', () => {
    const overlay = new Overlay(stateOf({ p1: X }))
    overlay.startTransaction()
    overlay.set('p1', Y)
    overlay.rollbackTransaction()
    expect(overlay.clearPrefix('p', 0)).toEqual({ next: 'p1', removed: 0, unique: 0, loops: 0 })
    expect(overlay.changes().size).toBe(0)
  })

  it('clears one child trie and leaves its neighbors and the main trie alone', () => {
    const child = childPrefix('c')
    const overlay = new Overlay(
      stateOf({ c: X, [`${child}1`]: X, [`${child}2`]: X, [`${childPrefix('d')}1`]: X }),
    )
    overlay.set(`${child}3`, Y)
    expect(overlay.clearPrefix(child, null)).toEqual({ next: null, removed: 2, unique: 3, loops: 2 })
    expect(deleted(overlay.changes())).toEqual(['1', '2', '3'].map((key) => child + key))
  })

  it('nests transactions as the conformance table says', () => {
    const overlay = new Overlay(stateOf({ k: Z }))
    overlay.set('k', X)
    overlay.startTransaction()
    overlay.set('k', Y)
    overlay.startTransaction()
    overlay.delete('k')
    expect(overlay.has('k')).toBe(false)
    expect(overlay.rollbackTransaction()).toBe(true)
    expect(overlay.get('k')).toEqual(Y)
    expect(overlay.commitTransaction()).toBe(true)
    expect(overlay.get('k')).toEqual(Y)
    expect([overlay.rollbackTransaction(), overlay.commitTransaction()]).toEqual([false, false])
  })

  it('leaves no trace of a key that only a rolled-back transaction wrote', () => {
    const overlay = new Overlay(stateOf({ b: X }))
    overlay.startTransaction()
    for (const key of ['a', 'b', 'c']) overlay.set(key, Y)
    overlay.delete('b')
    overlay.rollbackTransaction()
    expect([overlay.nextKey(''), overlay.nextKey('b'), overlay.has('a')]).toEqual(['b', null, false])
    expect(overlay.changes().size).toBe(0)
    overlay.set('c', Z)
    expect([overlay.nextKey('b'), overlay.nextKey('c')]).toEqual(['c', null])
  })

  it('finds next keys as the conformance table says', () => {
    const overlay = new Overlay(stateOf({ a: X, c: X }))
    overlay.set('b', Y)
    overlay.delete('c')
    overlay.set('d', Y)
    expect(['a', 'b', 'd', ''].map((key) => overlay.nextKey(key))).toEqual(['b', 'd', null, 'a'])
  })

  it('passes over many deleted keys', () => {
    const overlay = new Overlay(stateOf({ k9: X }))
    for (let i = 0; i < 9; i++) overlay.delete(`k${i}`)
    expect(overlay.nextKey('a')).toBe('k9')
  })

  it('forgets a computed trie once anything changes', () => {
    const overlay = new Overlay(stateOf({ a: X }))
    const trie = overlay.state.trie(0)
    for (const change of [
      () => overlay.set('a', Y),
      () => overlay.append('l', Y),
      () => overlay.rollbackTransaction(),
    ]) {
      overlay.startTransaction()
      overlay.trieAfter = trie
      change()
      expect(overlay.trieAfter).toBeNull()
    }
  })

  it('counts reads, writes and their bytes', () => {
    const overlay = new Overlay(stateOf({ a: new Uint8Array(5) }))
    overlay.get('a')
    overlay.get('b')
    overlay.has('a')
    overlay.set('c', new Uint8Array(7))
    overlay.append('l', new Uint8Array(2))
    overlay.delete('a')
    overlay.nextKey('')
    expect(overlay.counters).toEqual({ reads: 3, readBytes: 5, writes: 3, writtenBytes: 9, nextKeys: 1 })
  })

  it('stays fast when 100,000 changes and look-ups of the next key take turns', () => {
    const overlay = new Overlay(stateOf({}))
    const name = (i: number) => `k${String((i * 7919) % 100_003).padStart(6, '0')}`
    const start = performance.now()
    for (let i = 0; i < 100_000; i++) {
      overlay.set(name(i), X)
      if (i % 10 === 0) overlay.nextKey(name(i))
    }
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

/** sp-state-machine's rules on plain maps: slow, and short enough to be read. */
describe('an overlay that may hold so much', () => {
  const limited = () => new Overlay(stateOf({ a: X }), { maxHeldBytes: 10_000 })
  const repeat = (write: (i: number) => void) => () => {
    for (let i = 0; i < 1000; i++) write(i)
  }

  it('refuses new keys past it, deleted ones and appended ones too', () => {
    const overlays = [limited(), limited(), limited(), limited()] as const
    const [set, removed, appended, long] = overlays
    expect(repeat((i) => set.set(`key${i}`, X))).toThrow(OverlayFullError)
    expect(set.changedKeys).toBe(24)
    expect(repeat((i) => removed.delete(`key${i}`))).toThrow(OverlayFullError)
    expect(repeat((i) => appended.append(`key${i}`, X))).toThrow(OverlayFullError)
    expect(() => long.set('k'.repeat(10_000), X)).toThrow(OverlayFullError)
  })

  it('refuses former values and transactions past it', () => {
    const [values, transactions] = [limited(), limited()]
    values.startTransaction()
    expect(repeat(() => values.set('a', Y))).toThrow(OverlayFullError)
    expect(repeat(() => transactions.startTransaction())).toThrow(OverlayFullError)
  })

  it('takes any number of writes to a few keys, and of transactions that end', () => {
    const overlay = limited()
    const work = repeat((i) => {
      overlay.set('a', Y)
      overlay.startTransaction()
      overlay.set('a', Z)
      overlay.startTransaction()
      overlay.delete(`key${i % 3}`)
      if (i % 2 === 0) overlay.rollbackTransaction()
      else overlay.commitTransaction()
      overlay.set('a', X)
      if (i % 5 === 0) overlay.rollbackTransaction()
      else overlay.commitTransaction()
    })
    expect(work).not.toThrow()
    overlay.startTransaction()
    const inside = repeat((i) => {
      overlay.startTransaction()
      if (i % 2 === 0) overlay.set('a', Y)
      if (i % 2 === 0) overlay.rollbackTransaction()
      else overlay.commitTransaction()
    })
    expect(inside).not.toThrow()
  })
})

class PlainOverlay {
  readonly #backend: Values
  readonly #block: Values
  readonly #stack: Map<string, Uint8Array | null>[] = [new Map()]

  constructor(backend: Values, block: Values) {
    this.#backend = backend
    this.#block = block
  }

  get #own(): Map<string, Uint8Array | null> {
    return this.#stack.at(-1) ?? new Map()
  }

  /** What the block has changed: earlier calls, then this one. */
  get #overlay(): Map<string, Uint8Array | null> {
    return new Map([...this.#block, ...this.#own])
  }

  get own(): Values {
    return this.#own
  }

  present(): string[] {
    const all = new Map([...this.#backend, ...this.#overlay])
    return [...all].flatMap(([key, value]) => (value === null ? [] : [key])).sort()
  }

  get(key: string): Uint8Array | null {
    const value = this.#overlay.get(key)
    return value === undefined ? (this.#backend.get(key) ?? null) : value
  }

  perform(command: Command): unknown {
    switch (command.kind) {
      case 'set':
        this.#own.set(command.key, command.value)
        return undefined
      case 'delete':
        this.#own.set(command.key, null)
        return undefined
      case 'append':
        this.#own.set(command.key, AppendList.from(this.get(command.key)).append(command.value).toBytes())
        return undefined
      case 'clear':
        return this.#clear(command.key, command.limit, command.from ?? '')
      case 'next':
        return this.present().find((key) => key > command.key) ?? null
      case 'start':
        this.#stack.push(new Map(this.#own))
        return undefined
      case 'commit':
      case 'rollback':
        return this.#close(command.kind === 'commit')
      case 'changes':
        return new Map(this.#own)
    }
  }

  #close(keep: boolean): boolean {
    if (this.#stack.length === 1) return false
    const [closed] = this.#stack.splice(-1)
    if (keep && closed !== undefined) this.#stack.splice(-1, 1, closed)
    return true
  }

  #clear(prefix: string, limit: number | null, from: string) {
    let written = 0
    for (const [key, value] of this.#overlay) {
      if (!key.startsWith(prefix) || value === null) continue
      this.#own.set(key, null)
      written++
    }
    let removed = 0
    let loops = 0
    const inBackend = [...this.#backend.keys()].filter((one) => one.startsWith(prefix) && one >= from)
    for (const key of inBackend.sort()) {
      if (loops === limit) return { next: key, removed, unique: written + removed, loops }
      if (this.#overlay.get(key) === undefined) {
        this.#own.set(key, null)
        removed++
      }
      loops++
    }
    return { next: null, removed, unique: written + removed, loops }
  }
}

function perform(overlay: Overlay, command: Command): unknown {
  switch (command.kind) {
    case 'set':
      return overlay.set(command.key, command.value)
    case 'delete':
      return overlay.delete(command.key)
    case 'append':
      return overlay.append(command.key, command.value)
    case 'clear':
      return overlay.clearPrefix(command.key, command.limit, command.from ?? undefined)
    case 'next':
      return overlay.nextKey(command.key)
    case 'start':
      return overlay.startTransaction()
    case 'commit':
      return overlay.commitTransaction()
    case 'rollback':
      return overlay.rollbackTransaction()
    case 'changes':
      return new Map(overlay.changes())
  }
}

function expectSame(overlay: Overlay, model: PlainOverlay): void {
  const walked: string[] = []
  for (let key = overlay.nextKey(''); key !== null; key = overlay.nextKey(key)) walked.push(key)
  expect(walked).toEqual(model.present())
  for (const key of walked) expect(overlay.get(key)).toEqual(model.get(key))
  expect(new Map(overlay.changes())).toEqual(new Map(model.own))
}

function stateOf(entries: Readonly<Record<string, Uint8Array>>): ChainState {
  return ChainState.fromStore(createPackedStore(Object.entries(entries)))
}

function write(overlay: Overlay, key: string, value: Uint8Array | null): void {
  if (value === null) overlay.delete(key)
  else overlay.set(key, value)
}

function deleted(changes: Changes): string[] {
  return [...changes].flatMap(([key, value]) => (value === null ? [key] : [])).sort()
}
