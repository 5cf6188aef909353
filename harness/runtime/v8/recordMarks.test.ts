import { describe, expect, it } from 'vitest'
import { binaryToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { assertOk, createScriptRunner, type ScriptCall, stateOf } from '../host/scriptRunner.testkit.ts'

const runner = await createScriptRunner()
const CALLS: readonly ScriptCall[] = [
  ['storage_get_version_1', ['a']],
  ['storage_set_version_1', ['b', '1']],
  ['logging_log_version_1', [2, 'migrations', 'half way']],
  ['storage_set_version_1', ['version:x', '2']],
  ['storage_clear_version_1', ['version:x']],
  ['storage_set_version_1', ['c', '3']],
]

describe('markWrites', () => {
  it('records writes under the prefixes, with what came before, and log lines', () => {
    const { marks, logs } = assertOk(runner.run(CALLS, { options: { markWrites: ['version:'] } }))
    expect(marks).toEqual([
      {
        key: 'version:x',
        value: utf8ToBytes('2'),
        at: { reads: 1, writes: 1, nextKeys: 0, keys: 1, wallMs: 0 },
      },
      { key: 'version:x', value: null, at: { reads: 1, writes: 2, nextKeys: 0, keys: 2, wallMs: 0 } },
    ])
    expect(logs[0]).toMatchObject({ message: 'half way', at: { reads: 1, writes: 1, keys: 1 } })
  })

  it('sees keys that a prefix clears', () => {
    const state = stateOf({ 'version:y': binaryToBytes('\u0001') })
    const calls: readonly ScriptCall[] = [['storage_clear_prefix_version_1', ['version:']]]
    const { marks } = assertOk(runner.run(calls, { state, options: { markWrites: ['version:'] } }))
    expect(marks).toMatchObject([{ key: 'version:y', value: null }])
  })

  it('keeps them of a call that fails', () => {
    const calls: readonly ScriptCall[] = [...CALLS, ['storage_commit_transaction_version_1']]
    const outcome = runner.run(calls, { options: { markWrites: ['version:'] } })
    expect(outcome).toMatchObject({ kind: 'panic', marks: [{ key: 'version:x' }, { key: 'version:x' }] })
  })

  it('records nothing when it was not asked', () => {
    const outcome = assertOk(runner.run(CALLS))
    expect(outcome.marks).toBeUndefined()
    expect(outcome.logs).toEqual([{ level: 3, target: 'migrations', message: 'half way' }])
  })
})
