import { beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { encodeOptionBytes, encodeUint } from '../../codec/scale.ts'
import { CLEAR_PREFIX_CASES } from '../../state/clearPrefixTable.testkit.ts'
import { childPrefix } from '../../state/stateView.ts'
import { trieRoot } from '../../state/trie/index.ts'
import { encodeKillResult, encodeRemovalResults } from './removalAnswers.testkit.ts'
import {
  assertOk,
  createScriptRunner,
  type ScriptCall,
  type ScriptRunner,
  stateOf,
} from './scriptRunner.testkit.ts'

const EMPTY_ROOT = '0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314'
const NO_LIMIT = new Uint8Array([0])
const NO_CURSOR = new Uint8Array([0])
const ABSENT = '0x00'

let runner: ScriptRunner
beforeAll(async () => {
  runner = await createScriptRunner()
})

const child = (method: string, ...args: (string | Uint8Array | number)[]): ScriptCall => {
  return [`default_child_storage_${method}`, args]
}
const some = (text: string) => bytesToHex(encodeOptionBytes(utf8ToBytes(text)))
const state = stateOf({ k: 'main', [`${childPrefix('c')}k`]: 'child', [`${childPrefix('d')}k`]: 'other' })

describe('default_child_storage host functions', () => {
  it('keep the tries apart', () => {
    const results = runner.results(
      [
        child('get_version_1', 'c', 'k'),
        child('get_version_1', 'd', 'k'),
        child('get_version_1', 'e', 'k'),
        child('set_version_1', 'e', 'k', 'new'),
        child('get_version_1', 'e', 'k'),
        child('exists_version_1', 'e', 'k'),
        child('clear_version_1', 'c', 'k'),
        child('exists_version_1', 'c', 'k'),
        ['storage_get_version_1', ['k']],
      ],
      { state },
    )
    expect(results).toEqual([
      some('child'),
      some('other'),
      ABSENT,
      '0x',
      some('new'),
      '0x01000000',
      '0x',
      '0x00000000',
      some('main'),
    ])
  })

  it('read from an offset', () => {
    const out = utf8ToBytes('......')
    expect(runner.results([child('read_version_1', 'c', 'k', out, 2), ['peek', [out]]], { state })).toEqual([
      '0x0103000000',
      bytesToHex(utf8ToBytes('ild...')),
    ])
  })

  it('find next keys within one trie', () => {
    const results = runner.results(
      [
        child('set_version_1', 'c', 'z', 'x'),
        child('next_key_version_1', 'c', ''),
        child('next_key_version_1', 'c', 'k'),
        child('next_key_version_1', 'c', 'z'),
        child('next_key_version_1', 'nothing', ''),
      ],
      { state },
    )
    expect(results.slice(1)).toEqual([some('k'), some('z'), ABSENT, ABSENT])
  })

  it.each(CLEAR_PREFIX_CASES)('clear a prefix: $why', ({ backend, overlay, limit, deleted, ...answers }) => {
    const prefix = childPrefix('c')
    const below = Object.entries(backend).map(([key, value]) => [prefix + key, value])
    const before = Object.entries(overlay).map(([key, value]) => {
      return value === null ? child('clear_version_1', 'c', key) : child('set_version_1', 'c', key, value)
    })
    const encoded = limit === null ? NO_LIMIT : new Uint8Array([1, ...encodeUint(limit, 4)])
    const where = { state: stateOf(Object.fromEntries(below)) }
    const calls = [
      child('clear_prefix_version_2', 'c', 'p', encoded),
      child('clear_prefix_version_3', 'c', 'p', encoded, NO_CURSOR),
    ]
    for (const call of calls) {
      const { changes } = assertOk(runner.run([...before, call], where))
      const gone = [...changes].flatMap(([key, value]) => (value === null ? [key.slice(prefix.length)] : []))
      expect(gone.sort()).toEqual(deleted)
    }
    const results = calls.map((call) => runner.results([...before, call], where).at(-1))
    expect(results).toEqual([encodeKillResult(answers), encodeRemovalResults(answers)])
  })

  it('kill a trie, whole or in part', () => {
    const entries = Object.fromEntries(['1', '2', '3'].map((key) => [childPrefix('c') + key, 'x']))
    const where = { state: stateOf(entries) }
    const two = new Uint8Array([1, 2, 0, 0, 0])
    expect(runner.results([child('storage_kill_version_2', 'c', two)], where)).toEqual(['0x00000000'])
    expect(runner.results([child('storage_kill_version_2', 'c', NO_LIMIT)], where)).toEqual(['0x01000000'])
    expect(runner.results([child('storage_kill_version_3', 'c', two)], where)).toEqual(['0x0102000000'])
    expect(runner.results([child('storage_kill_version_3', 'c', NO_LIMIT)], where)).toEqual(['0x0003000000'])
    for (const call of [child('storage_kill_version_1', 'c'), child('clear_prefix_version_1', 'c', '')]) {
      expect(assertOk(runner.run([call], where)).changes.size).toBe(3)
    }
  })

  it('go on killing a trie, or clearing a prefix of it, from a cursor', () => {
    const entries = Object.fromEntries(['1', 'p2', 'p3', 'p4'].map((key) => [childPrefix('c') + key, 'x']))
    const where = { state: stateOf({ ...entries, [`${childPrefix('d')}p9`]: 'x' }) }
    const one = new Uint8Array([1, 1, 0, 0, 0])
    const cursor = (key: string) => encodeOptionBytes(utf8ToBytes(key))
    const counters = (count: number) => ({ removed: count, unique: count, loops: count })
    expect(
      runner.results(
        [
          child('storage_kill_version_4', 'c', one, NO_CURSOR),
          child('clear_prefix_version_3', 'c', 'p', one, cursor('p2')),
          child('storage_kill_version_4', 'c', NO_LIMIT, cursor('p3')),
        ],
        where,
      ),
    ).toEqual([
      encodeRemovalResults({ next: 'p2', ...counters(1) }),
      encodeRemovalResults({ next: 'p3', ...counters(1) }),
      encodeRemovalResults({ next: null, ...counters(2) }),
    ])
  })

  it('take part in transactions', () => {
    const calls: ScriptCall[] = [
      ['storage_start_transaction_version_1'],
      child('set_version_1', 'c', 'k', 'changed'),
      ['storage_rollback_transaction_version_1'],
      child('get_version_1', 'c', 'k'),
    ]
    expect(runner.results(calls, { state }).at(-1)).toBe(some('child'))
  })
})

describe('default_child_storage_root', () => {
  const value = new Uint8Array(40).fill(3)
  const put = child('set_version_1', 'c', 'k', value)
  const root = (version: 0 | 1) => bytesToHex(trieRoot([['k', value]], version))

  it('is the root of the trie with the changes so far', () => {
    expect(runner.results([put, child('root_version_2', 'c', 1)])[1]).toBe(root(1))
    expect(runner.results([put, child('root_version_2', 'c', 0)])[1]).toBe(root(0))
    expect(runner.results([put, child('root_version_1', 'c')])[1]).toBe(root(0))
  })

  it('is that of the empty trie for one that is not there or was emptied', () => {
    const clear = child('clear_version_1', 'c', 'k')
    const calls = [child('root_version_1', 'c'), put, clear, child('root_version_1', 'c')]
    const results = runner.results(calls)
    expect([results[0], results[3]]).toEqual([EMPTY_ROOT, EMPTY_ROOT])
  })

  it('puts the root into the main trie, as the root of the main trie would', () => {
    const { changes } = assertOk(runner.run([put, child('root_version_2', 'c', 1)]))
    expect(bytesToHex(changes.get(':child_storage:default:c') ?? new Uint8Array())).toBe(root(1))
    expect(assertOk(runner.run([child('root_version_2', 'c', 1)])).changes.size).toBe(0)
  })
})
