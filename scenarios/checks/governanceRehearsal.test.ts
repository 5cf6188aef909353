import { beforeAll, describe, expect, it } from 'vitest'
import { concatBytes, utf8ToBytes } from '../../harness/base/bytes.ts'
import { blake2_256 } from '../../harness/base/hash.ts'
import type { ChainCodec, ChainInput } from '../../harness/codec/index.ts'
import { devAccount } from '../../harness/codec/index.ts'
import { encodeUint } from '../../harness/codec/scale.ts'
import type { CheckContext } from '../check/check.ts'
import { answerOf } from '../check/runChecks.ts'
import { demoTestContext, miniature, ranAnswer } from './checkContext.testkit.ts'
import { governanceRehearsal } from './governanceRehearsal.ts'

const TINY = { accounts: 5, subnets: 1, uids: 4 }
const MUCH = 1_000_000_000_000n
const alice = devAccount('//Alice').accountId
const bob = devAccount('//Bob').accountId
const charlie = devAccount('//Charlie').accountId

let context: CheckContext
let codec: ChainCodec
let setCode: ChainInput
beforeAll(async () => {
  context = await demoTestContext(TINY)
  codec = context.current.codec
  setCode = call('System', 'set_code', { code: context.candidate.submitted })
}, 60_000)

function call(pallet: string, name: string, args: ChainInput): Uint8Array {
  return codec.encodeCall(pallet, name, args)
}

const weight = (refTime: bigint) => ({ ref_time: refTime, proof_size: 0n })
const sudo = (inner: ChainInput) => call('Sudo', 'sudo_unchecked_weight', { call: inner, weight: weight(0n) })

function rehearse(bytes: Uint8Array, origin: Uint8Array | 'root', over: Partial<CheckContext> = {}) {
  return ranAnswer(governanceRehearsal, { ...context, ...over, proposal: { call: bytes, origin } })
}

function stepsOf({ tables }: Awaited<ReturnType<typeof rehearse>>): readonly string[] {
  const rows = tables?.find(({ id }) => id === 'proposal-steps')?.rows ?? []
  return rows.map(([, block, what, , result]) => `${block} ${what}: ${result}`)
}

/** The account that two of three share. */
function sharedAccount(): { account: Uint8Array; others: readonly Uint8Array[] } {
  const sorted = [alice, bob, charlie].sort(Buffer.compare)
  const account = blake2_256(
    concatBytes(utf8ToBytes('modlpy/utilisuba'), new Uint8Array([3 << 2]), ...sorted, encodeUint(2, 2)),
  )
  return { account, others: sorted.filter((one) => one !== bob) }
}

describe('governance.rehearsal', () => {
  it('installs the candidate as the chain would, and shows the ways', async () => {
    const { findings, measures, tables } = await ranAnswer(governanceRehearsal, context)
    expect(findings).toEqual([])
    expect(measures).toMatchObject({ proposal: 'Sudo.sudo(System.set_code)', awaitsRelayChain: false })
    expect(tables?.[0]?.rows.map(([name]) => name)).toContain('System.authorize_upgrade')
  })

  it('by Root where there is no sudo: authorized, then applied by anyone', async () => {
    const fork = context.fork.branch()
    fork.setStorage(new Map([[codec.storageKey('Sudo', 'Key'), null]]), 'no sudo')
    const answer = await ranAnswer(governanceRehearsal, { ...context, fork })
    expect(answer.findings).toEqual([])
    expect(stepsOf(answer)).toEqual([
      '1 the scheduler: ok',
      '2 System.apply_authorized_upgrade: the code is set',
    ])
    expect(answer.assumptions).toEqual([
      'System.authorize_upgrade: signatures are assumed to be valid.',
      expect.stringMatching(/on the scheduler's agenda for block 1, with the origin Root\.$/),
    ])
  })

  it('makes the call that was given', async () => {
    expect((await rehearse(sudo(setCode), alice)).findings).toEqual([])
    const answer = await rehearse(call('System', 'set_code', { code: context.candidate.submitted }), 'root')
    expect(answer.findings).toEqual([])
  })

  it.each([5, 300])('follows a scheduled call to block %i', async (when) => {
    const args = { when, maybe_periodic: null, priority: 0, call: setCode }
    const answer = await rehearse(sudo(call('Scheduler', 'schedule', args)), alice)
    expect(answer.findings).toEqual([])
    expect(stepsOf(answer).at(-1)).toBe(`${when} the scheduler: the code is set`)
  })

  it('has the other signatories of a multisig approve, and follows it through a proxy', async () => {
    const { account, others } = sharedAccount()
    const fork = context.fork.branch()
    const proxy = { delegate: account, proxy_type: 'Any', delay: 0 }
    fork.setStorage(
      new Map([
        [codec.storageKey('Proxy', 'Proxies', alice), codec.encodeValue('Proxy', 'Proxies', [[proxy], 0n])],
      ]),
      'the shared account acts for Alice',
    )
    const proxied = call('Proxy', 'proxy', { real: alice, force_proxy_type: null, call: sudo(setCode) })
    const asMulti = (maxWeight: bigint) =>
      call('Multisig', 'as_multi', {
        threshold: 2,
        other_signatories: others,
        maybe_timepoint: null,
        call: proxied,
        max_weight: { ref_time: maxWeight, proof_size: maxWeight },
      })
    const answer = await rehearse(asMulti(MUCH), bob, { fork })
    expect(answer.findings).toEqual([])
    expect(stepsOf(answer)).toEqual(['1 Multisig.as_multi: ok', '2 Multisig.as_multi: the code is set'])

    const [found] = (await rehearse(asMulti(1n), bob, { fork })).findings
    expect(found).toMatchObject({ rule: 'refused', facts: { error: 'Multisig.MaxWeightTooLow' } })
    // Nobody lets the shared account act for Alice.
    const [refused] = (await rehearse(asMulti(MUCH), bob)).findings
    expect(refused?.title).toMatch(/fails: Proxy\.NotProxy/)
  })

  it('says when the version was not raised', async () => {
    const candidate = miniature('spec-version-not-raised')
    const refused = expect.objectContaining({
      rule: 'refused',
      severity: 'error',
      title: expect.stringContaining('System.SpecVersionNeedsToIncrease'),
    })
    const byDefault = await ranAnswer(governanceRehearsal, { ...context, candidate })
    expect(byDefault.findings).toEqual([refused])
    const hash = blake2_256(candidate.submitted)
    const authorize = call('System', 'authorize_upgrade', { code_hash: hash })
    const { findings } = await rehearse(authorize, 'root', { candidate })
    expect(findings).toEqual([expect.objectContaining({ rule: 'refused' })])
  })

  it('says when it is the code of another blob', async () => {
    const other = call('System', 'set_code', { code: miniature('call-encoding').submitted })
    const [found] = (await rehearse(sudo(other), alice)).findings
    expect(found).toMatchObject({
      rule: 'otherCode',
      facts: {
        installedHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
        candidateHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      },
    })
  })

  it('says when the hash of other bytes is authorized', async () => {
    // Of the wasm, where the compressed blob will be submitted.
    const code_hash = blake2_256(context.candidate.wasm)
    const [found] = (await rehearse(sudo(call('System', 'authorize_upgrade', { code_hash })), alice)).findings
    expect(found).toMatchObject({ rule: 'otherHash', severity: 'error' })
  })

  it('names the error of an account without rights', async () => {
    const bare = call('System', 'set_code', { code: context.candidate.submitted })
    expect((await rehearse(bare, bob)).findings[0]?.title).toBe('System.set_code fails: BadOrigin')
    expect((await rehearse(sudo(setCode), bob)).findings[0]?.title).toMatch(/fails: Sudo\.RequireSudo$/)
  })

  it('gives the means for the fee to who has none, and says so', async () => {
    const [found] = (await rehearse(sudo(setCode), new Uint8Array(32).fill(7))).findings
    expect(found?.title).toMatch(/Sudo\.RequireSudo/)
    expect(found?.evidence.at(-1)).toMatch(/^assumed: \w+ can pay the fee$/)
  })

  it('says when a block has no room for it', async () => {
    const heavy = call('Sudo', 'sudo_unchecked_weight', { call: setCode, weight: weight(10n * MUCH) })
    expect((await rehearse(heavy, alice)).findings).toEqual([expect.objectContaining({ rule: 'tooLarge' })])
  })

  it('says when the call does not decode', async () => {
    expect((await rehearse(sudo(setCode).subarray(0, -1), alice)).findings).toEqual([
      expect.objectContaining({ rule: 'undecodable', severity: 'error' }),
    ])
  })

  it('says when nothing comes of it', async () => {
    const remark = call('System', 'remark', { remark: '0x00' })
    expect((await rehearse(sudo(remark), alice)).findings).toEqual([
      expect.objectContaining({ rule: 'neverExecutes', severity: 'error' }),
    ])
  })

  it('does not judge a chain that has no way to make the call', async () => {
    const scheduler = {
      ...codec,
      item: (pallet: string, item: string) => (pallet === 'Scheduler' ? null : codec.item(pallet, item)),
    }
    const current = { ...context.current, codec: scheduler }
    const proposal = { call: call('System', 'remark', { remark: '0x00' }), origin: 'root' as const }
    expect(await answerOf(governanceRehearsal, { ...context, current, proposal })).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('no scheduler'),
    })
  })
})
