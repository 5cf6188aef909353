import { describe, expect, it } from 'vitest'
import { NO_COST } from '../../harness/runtime/executor.ts'
import { toEmit, toFailWith, toStayWithin, toSucceed } from './matchers.ts'
import type { Submitted } from './scenarioChain.ts'

const OK: Submitted = {
  kind: 'success',
  error: null,
  events: [
    {
      phase: { kind: 'applyExtrinsic', index: 1 },
      pallet: 'Balances',
      event: 'Transfer',
      fields: { from: 'a', to: 'b', amount: '7' },
      topics: [],
    },
  ],
  refTimePs: 500n,
  fee: 1n,
  cost: { ...NO_COST, wallMs: 3, reads: 10, writes: 2 },
  block: 4,
}
const FAILED: Submitted = { ...OK, kind: 'failed', error: 'Token.FundsUnavailable', events: [] }

describe('matchers', () => {
  it('toSucceed', () => {
    expect(toSucceed(OK).pass).toBe(true)
    expect(toSucceed(FAILED).pass).toBe(false)
    expect(toSucceed(FAILED).message()).toBe(
      'expected the call to succeed, but it failed with Token.FundsUnavailable',
    )
  })

  it('toFailWith', () => {
    expect(toFailWith(FAILED, 'Token.FundsUnavailable').pass).toBe(true)
    expect(toFailWith(FAILED, 'Token.Frozen').pass).toBe(false)
    expect(toFailWith(OK, 'Token.FundsUnavailable').pass).toBe(false)
    expect(
      toFailWith({ ...FAILED, kind: 'refused', error: 'Invalid: Payment' }, 'Invalid: Payment').pass,
    ).toBe(true)
  })

  it('toEmit', () => {
    expect(toEmit(OK, 'Balances.Transfer').pass).toBe(true)
    expect(toEmit(OK.events, 'Balances.Transfer', { amount: '7' }).pass).toBe(true)
    expect(toEmit(OK, 'Balances.Transfer', { amount: '8' }).message()).toContain('"amount":"7"')
    expect(toEmit(OK, 'Balances.Burned').message()).toBe(
      'expected the call to emit Balances.Burned, but the events are Balances.Transfer',
    )
  })

  it('toStayWithin', () => {
    expect(toStayWithin(OK, { ms: 3, reads: 10, refTimePs: 500n }).pass).toBe(true)
    expect(toStayWithin(OK, { reads: 9, writes: 2 }).message()).toBe(
      'expected the call to stay within reads 9, writes 2, but it took 10 reads',
    )
    expect(toStayWithin(OK, { refTimePs: 499n }).pass).toBe(false)
  })
})
