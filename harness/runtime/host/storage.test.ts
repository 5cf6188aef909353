import { beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { encodeOptionBytes, encodeUint } from '../../codec/scale.ts'
import { APPEND_CASES, APPEND_ITEM } from '../../state/appendTable.testkit.ts'
import { ChainState } from '../../state/chainState.ts'
import { CLEAR_PREFIX_CASES } from '../../state/clearPrefixTable.testkit.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { StateTrie } from '../../state/trie/stateTrie.ts'
import { encodeKillResult, encodeRemovalResults } from './removalAnswers.testkit.ts'
import {
  assertOk,
  createScriptRunner,
  type ScriptCall,
  type ScriptRunner,
  stateOf,
} from './scriptRunner.testkit.ts'

const NO_LIMIT = new Uint8Array([0])
const NO_CURSOR = new Uint8Array([0])
const X = new Uint8Array([1])
const ABSENT = '0x00'

let runner: ScriptRunner
beforeAll(async () => {
  runner = await createScriptRunner()
})

const get = (key: string): ScriptCall => ['storage_get_version_1', [key]]
const set = (key: string, value: string): ScriptCall => ['storage_set_version_1', [key, value]]
const clear = (key: string): ScriptCall => ['storage_clear_version_1', [key]]
const next = (key: string): ScriptCall => ['storage_next_key_version_1', [key]]
const start: ScriptCall = ['storage_start_transaction_version_1']
const commit: ScriptCall = ['storage_commit_transaction_version_1']
const rollback: ScriptCall = ['storage_rollback_transaction_version_1']
const some = (text: string) => bytesToHex(encodeOptionBytes(utf8ToBytes(text)))
const limitOf = (limit: number | null) =>
  limit === null ? NO_LIMIT : new Uint8Array([1, ...encodeUint(limit, 4)])

describe('storage host functions', () => {
  it('read what is there and what the call wrote', () => {
    const state = stateOf({ a: 'one', '': 'root' })
    const results = runner.results(
      [get('a'), get('b'), get(''), set('b', 'two'), get('b'), clear('a'), get('a'), set('a', ''), get('a')],
      { state },
    )
    expect(results).toEqual([
      some('one'),
      ABSENT,
      some('root'),
      '0x',
      some('two'),
      '0x',
      ABSENT,
      '0x',
      some(''),
    ])
    const exists = (key: string): ScriptCall => ['storage_exists_version_1', [key]]
    expect(runner.results([exists('a'), clear('a'), exists('a'), exists('b')], { state })).toEqual([
      '0x01000000',
      '0x',
      '0x00000000',
      '0x00000000',
    ])
  })

  it.each([63, 64, 16_383, 16_384])('wrap a value of %i bytes', (length) => {
    const value = new Uint8Array(length).fill(7)
    expect(runner.results([get('k')], { state: stateOf({ k: value }) })).toEqual([
      bytesToHex(encodeOptionBytes(value)),
    ])
  })

  it.each([
    [0, 8, '0x0105000000', '68656c6c6f2e2e2e'],
    [2, 8, '0x0103000000', '6c6c6f2e2e2e2e2e'],
    [1, 2, '0x0104000000', '656c'],
    [5, 8, '0x0100000000', '2e2e2e2e2e2e2e2e'],
    [0xffff_ffff, 8, '0x0100000000', '2e2e2e2e2e2e2e2e'],
    [0, 0, '0x0105000000', ''],
  ])('read from offset %i into %i bytes', (offset, size, answer, buffer) => {
    const out = utf8ToBytes('.'.repeat(size))
    const calls: ScriptCall[] = [
      ['storage_read_version_1', ['k', out, offset]],
      ['peek', [out]],
    ]
    expect(runner.results(calls, { state: stateOf({ k: 'hello' }) })).toEqual([answer, `0x${buffer}`])
    expect(runner.results(calls)[0]).toBe(ABSENT)
  })

  it('do not write roots of child tries, and say so', () => {
    const key = ':child_storage:default:c'
    const outcome = assertOk(runner.run([set(key, 'x'), clear(key), set(':child_storage', 'x')]))
    expect([...outcome.changes.keys()]).toEqual([':child_storage'])
    expect(outcome.logs.map(({ level, target }) => [level, target])).toEqual([
      [2, 'trie'],
      [2, 'trie'],
    ])
  })

  it.each(APPEND_CASES)('append to $why', ({ before, after }) => {
    const append: ScriptCall = ['storage_append_version_1', ['k', APPEND_ITEM]]
    const inState = assertOk(runner.run([append], { state: stateOf(before === null ? {} : { k: before }) }))
    expect(inState.changes.get('k')).toEqual(after)
    const first: ScriptCall = before === null ? clear('k') : ['storage_set_version_1', ['k', before]]
    const own = assertOk(runner.run([first, append], { state: stateOf({ k: X }) }))
    expect(own.changes.get('k')).toEqual(after)
  })

  it.each(CLEAR_PREFIX_CASES)('clear a prefix: $why', ({ backend, overlay, limit, deleted, ...answers }) => {
    const before = Object.entries(overlay).map(([key, value]): ScriptCall => {
      return value === null ? clear(key) : ['storage_set_version_1', [key, value]]
    })
    const state = stateOf(backend)
    const calls: readonly ScriptCall[] = [
      ['storage_clear_prefix_version_2', ['p', limitOf(limit)]],
      ['storage_clear_prefix_version_3', ['p', limitOf(limit), NO_CURSOR]],
    ]
    for (const call of calls) {
      const outcome = assertOk(runner.run([...before, call], { state }))
      const gone = [...outcome.changes].flatMap(([key, value]) => (value === null ? [key] : []))
      expect(gone.sort()).toEqual(deleted)
    }
    const results = calls.map((call) => runner.results([...before, call], { state }).at(-1))
    expect(results).toEqual([encodeKillResult(answers), encodeRemovalResults(answers)])
  })

  it('go on clearing a prefix from a cursor', () => {
    const state = stateOf({ p1: X, p2: X, p3: X, p4: X, q: X })
    const clearFrom = (cursor: string | null, limit: number | null): ScriptCall => {
      const encoded = encodeOptionBytes(cursor === null ? null : utf8ToBytes(cursor))
      return ['storage_clear_prefix_version_3', ['p', limitOf(limit), encoded]]
    }
    const counters = (count: number) => ({ removed: count, unique: count, loops: count })
    expect(runner.results([clearFrom(null, 2), clearFrom('p3', 1), clearFrom('p4', 9)], { state })).toEqual([
      encodeRemovalResults({ next: 'p3', ...counters(2) }),
      encodeRemovalResults({ next: 'p4', ...counters(1) }),
      encodeRemovalResults({ next: null, ...counters(1) }),
    ])
    // Below the prefix: from its start. Above, or between keys: what is left from there.
    const from = (cursor: string) => runner.results([clearFrom(cursor, null)], { state })[0]
    expect(['a', 'p', 'p33', 'q'].map(from)).toEqual(
      [4, 4, 1, 0].map((count) => encodeRemovalResults({ next: null, ...counters(count) })),
    )
  })

  it('clear a prefix without a limit in version 1', () => {
    const outcome = assertOk(
      runner.run([set('p3', 'x'), ['storage_clear_prefix_version_1', ['p']]], {
        state: stateOf({ p1: X, q: X }),
      }),
    )
    expect([...outcome.changes]).toEqual([
      ['p3', null],
      ['p1', null],
    ])
  })

  it.each(['', ':', ':child_storage:', ':child_storage:default:c'])(
    'refuse to clear the prefix "%s"',
    (prefix) => {
      const state = stateOf({ ':child_storage:default:c': X, a: X })
      const calls: ScriptCall[] = [
        ['storage_clear_prefix_version_1', [prefix]],
        ['storage_clear_prefix_version_2', [prefix, NO_LIMIT]],
        ['storage_clear_prefix_version_3', [prefix, NO_LIMIT, NO_CURSOR]],
      ]
      const nothing = { next: null, removed: 0, unique: 0, loops: 0 }
      expect(runner.results(calls, { state })).toEqual([
        '0x',
        encodeKillResult(nothing),
        encodeRemovalResults(nothing),
      ])
      expect(assertOk(runner.run(calls, { state })).changes.size).toBe(0)
    },
  )

  it('nest transactions as the conformance table says', () => {
    const calls = [
      set('k', '1'),
      start,
      set('k', '2'),
      start,
      clear('k'),
      rollback,
      get('k'),
      commit,
      get('k'),
    ]
    const results = runner.results(calls)
    expect([results[6], results[8]]).toEqual([some('2'), some('2')])
    expect(runner.run([...calls, rollback])).toMatchObject({
      kind: 'panic',
      message: 'No open transaction that can be rolled back.',
    })
    expect(runner.run([...calls, commit])).toMatchObject({
      kind: 'panic',
      message: 'No open transaction that can be committed.',
    })
  })

  it('leave no trace of a key that only a rolled-back transaction wrote', () => {
    const state = stateOf({ a: 'x' })
    const calls = [start, set('b', 'y'), set('a', 'z'), rollback, next('a'), get('a'), get('b')]
    expect(runner.results(calls, { state }).slice(4)).toEqual([ABSENT, some('x'), ABSENT])
    expect(assertOk(runner.run(calls, { state })).changes.size).toBe(0)
  })

  it('roll back transactions that are left open, and warn', () => {
    const outcome = assertOk(runner.run([set('a', '1'), start, set('b', '2'), start, set('c', '3')]))
    expect([...outcome.changes.keys()]).toEqual(['a'])
    expect(outcome.trie).toBeUndefined()
    expect(outcome.logs).toEqual([
      { level: 2, target: 'runtime', message: '2 storage transactions are left open by the runtime' },
    ])
  })

  it('drop what a call wrote before it trapped', () => {
    const failed = runner.run([set('a', '1'), rollback])
    expect(failed).not.toHaveProperty('changes')
    expect(runner.results([get('a')])).toEqual([ABSENT])
  })

  it('find next keys as the conformance table says, and none of a child trie', () => {
    const state = stateOf({ a: 'x', c: 'x' })
    const calls = [set('b', 'x'), clear('c'), set('d', 'y'), next('a'), next('b'), next('d'), next('')]
    expect(runner.results(calls, { state }).slice(3)).toEqual([some('b'), some('d'), ABSENT, some('a')])
    const child: ScriptCall = ['default_child_storage_set_version_1', ['c', 'k', 'v']]
    expect(runner.results([set('e', 'x'), child, next('e')]).at(-1)).toBe(ABSENT)
  })

  it('answer that there is no changes trie', () => {
    expect(runner.results([['storage_changes_root_version_1', ['parent']]])).toEqual([ABSENT])
  })
})

describe('storage_root', () => {
  const long = new Uint8Array(40).fill(7)
  const entries = { a: long, b: X } as const
  const rootOf = (model: Readonly<Record<string, Uint8Array>>, version: 0 | 1) =>
    bytesToHex(StateTrie.build(createPackedStore(Object.entries(model)), version).rootHash)

  it.each([0, 1] as const)('is that of the state with the changes so far, in version %i', (version) => {
    const state = ChainState.fromStore(createPackedStore(Object.entries(entries)), version)
    const root: ScriptCall = ['storage_root_version_2', [version]]
    const setC: ScriptCall = ['storage_set_version_1', ['c', long]]
    const calls = [root, setC, root, start, clear('a'), root, rollback, root]
    const results = runner.results(calls, { state })
    const withC = rootOf({ ...entries, c: long }, version)
    expect([results[0], results[2], results[5], results[7]]).toEqual([
      rootOf(entries, version),
      withC,
      rootOf({ b: X, c: long }, version),
      withC,
    ])
  })

  it('has the layout of version 0 in version 1 of the function', () => {
    const calls: ScriptCall[] = [['storage_set_version_1', ['a', long]], ['storage_root_version_1']]
    expect(runner.results(calls)[1]).toBe(rootOf({ a: long }, 0))
  })

  it('hands the trie on when it was the last thing computed', () => {
    const root: ScriptCall = ['storage_root_version_2', [1]]
    const state = ChainState.fromStore(createPackedStore([['a', long]]), 1)
    const last = assertOk(runner.run([set('k', 'v'), root], { state }))
    expect(last.trie?.rootHash).toEqual(state.with(last.changes).stateRoot(1))
    expect(assertOk(runner.run([root, set('k', 'v')], { state })).trie).toBeUndefined()
  })

  it('writes the roots of changed child tries, and removes that of an emptied one', () => {
    const put: ScriptCall = ['default_child_storage_set_version_1', ['c', 'k', 'v']]
    const kill: ScriptCall = ['default_child_storage_storage_kill_version_1', ['c']]
    const root: ScriptCall = ['storage_root_version_2', [0]]
    const written = assertOk(runner.run([put, root]))
    expect(written.changes.get(':child_storage:default:c')).toHaveLength(32)
    const removed = assertOk(runner.run([put, root, kill, root, get(':child_storage:default:c')]))
    expect(removed.changes.get(':child_storage:default:c')).toBeNull()
    expect(removed.trie?.rootHash).toEqual(stateOf({}).stateRoot(0))
  })

  it('answers what it is told to', () => {
    const assumedStateRoot = new Uint8Array(32).fill(9)
    const calls: ScriptCall[] = [['storage_root_version_1'], ['storage_root_version_2', [1]]]
    expect(runner.results(calls, { options: { assumedStateRoot } })).toEqual(
      Array(2).fill(`0x${'09'.repeat(32)}`),
    )
  })
})

describe('storage_proof_size', () => {
  const call: ScriptCall = ['storage_proof_size_storage_proof_size_version_1']

  it('is the largest u64 when no proof is recorded, else what the caller says', () => {
    expect(runner.results([call])).toEqual([`0x${'ff'.repeat(8)}`])
    expect(runner.results([call], { options: { storageProofSize: 275n } })).toEqual(['0x1301000000000000'])
  })
})

describe('a call that writes without end', () => {
  it('ends as a limit of memory before the machine does', () => {
    const chunk = new Uint8Array(8 * 1024 * 1024)
    const calls = Array.from({ length: 300 }, (): ScriptCall => ['storage_set_version_1', ['k', chunk]])
    expect(runner.run(calls, { options: { heapPages: 4096 } })).toMatchObject({
      kind: 'limit',
      limit: 'memory',
    })
  })
})
