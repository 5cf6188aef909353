import { describe, expect, it } from 'vitest'
import { CODE_KEY, PENDING_CODE_KEY, plainKey } from '../../harness/chain/plainKey.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import { blocksRun } from './blocksRun.ts'
import { checkTestContext, findingsOf, miniature, ranAnswer } from './checkContext.testkit.ts'
import { alsoWrites, TamperingExecutor } from './tamperedCandidate.testkit.ts'
import { upgradeSteering } from './upgradeSteering.ts'

const GARBAGE = new Uint8Array(100).fill(7)

/** The miniature's upgrade, of which the migration block also writes something; or every block, in another entry point. */
function contextWriting(key: StorageKey, value: Uint8Array | null, entryPoint = 'Core_initialize_block') {
  const candidate = miniature('v2')
  let isFirst = true
  const once = alsoWrites(new Map([[key, value]]))
  const executor = new TamperingExecutor(candidate, {
    [entryPoint]: (outcome, request) => {
      if (!isFirst && entryPoint === 'Core_initialize_block') return {}
      isFirst = false
      return once(outcome, request)
    },
  })
  return checkTestContext({ candidate, executor })
}

async function found(key: StorageKey, value: Uint8Array | null, entryPoint?: string) {
  const findings = await findingsOf(upgradeSteering, await contextWriting(key, value, entryPoint))
  return findings.map(({ rule, subject, severity }) => `${severity} ${rule} ${subject}`)
}

describe('upgrade.steering', () => {
  it('leaves a sound upgrade alone, and has looked at something', async () => {
    const { findings, measures } = await ranAnswer(upgradeSteering, await checkTestContext())
    expect(findings).toEqual([])
    expect(measures?.['values']).toBeGreaterThan(4)
  })

  it.each([
    ['deletes', null],
    ['empties', new Uint8Array()],
    ['overwrites with garbage', GARBAGE],
    ['puts another runtime in place of', miniature('v1').submitted],
  ])('reports a migration that %s :code, and so do the blocks after it', async (_, code) => {
    const context = await contextWriting(CODE_KEY, code)
    expect(await findingsOf(upgradeSteering, context)).toMatchObject([
      { rule: 'codeReplaced', severity: 'error', subject: ':code' },
    ])
    const later = await findingsOf(blocksRun, context)
    expect(later.map(({ rule }) => rule)).toEqual(code !== null && code.length > 1000 ? [] : ['stopped'])
  })

  it('reports code that is left in :pending_code', async () => {
    expect(await found(PENDING_CODE_KEY, miniature('v1').submitted)).toEqual(['error codeReplaced :code'])
  })

  it.each<[string, StorageKey, Uint8Array | null, string]>([
    ['another sudo key', plainKey('Sudo', 'Key'), new Uint8Array(32).fill(1), 'error replaced Sudo.Key'],
    ['no sudo key', plainKey('Sudo', 'Key'), null, 'error emptied Sudo.Key'],
    ['a sudo key of 31 bytes', plainKey('Sudo', 'Key'), new Uint8Array(31), 'error unreadable Sudo.Key'],
    ['no authors', plainKey('Aura', 'Authorities'), new Uint8Array([0]), 'error emptied Aura.Authorities'],
    ['heap pages', ':heappages', new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]), 'error replaced :heappages'],
    ['heap pages of 3 bytes', ':heappages', new Uint8Array(3), 'error unreadable :heappages'],
  ])('reports %s', async (_, key, value, expected) => {
    expect(await found(key, value)).toContain(expected)
  })
  it('reports an extrinsic index that a block leaves behind', async () => {
    const index = new Uint8Array([1, 0, 0, 0])
    const all = await found(':extrinsic_index', index, 'BlockBuilder_finalize_block')
    expect(all).toEqual(['error replaced :extrinsic_index'])
  })
})
