import type { ChainCodec } from '../../harness/codec/index.ts'
import { defineInvariant, type Violation } from './invariant.ts'
import { hasField } from './shapeFields.ts'
import type { StateReader } from './stateReader.ts'

const SUBTENSOR = 'SubtensorModule'

/**
 * `Balances.TotalIssuance` is what accounts have, free and reserved. A subtensor books its own: balances and stakes; what its
 * epochs have minted and not yet paid is in neither, so that it holds there where nothing is pending, and is only held
 * against a candidate on chains where the runtime on chain keeps it.
 */
export const issuance = defineInvariant({
  id: 'issuance',
  title: 'Total issuance equals the sum of balances and stakes',
  why: 'subtensor’s TotalIssuance and its counters diverged more than once, and each time a migration had to correct them.',
  applies: (codec) => countsBalances(codec) || countsStakes(codec),
  async *check(state) {
    if (countsBalances(state.codec)) yield* balancesIssuance(state)
    if (countsStakes(state.codec)) yield* subtensorIssuance(state)
  },
})

function countsBalances(codec: ChainCodec): boolean {
  return (
    codec.item('Balances', 'TotalIssuance') !== null && hasField(codec, ['System', 'Account'], 'data', 'free')
  )
}

function countsStakes(codec: ChainCodec): boolean {
  return [
    ['Balances', 'TotalIssuance'],
    [SUBTENSOR, 'TotalIssuance'],
    [SUBTENSOR, 'TotalStake'],
  ].every(([pallet = '', item = '']) => codec.item(pallet, item)?.keys.length === 0)
}

async function* balancesIssuance(state: StateReader): AsyncIterable<Violation> {
  let held = 0n
  let accounts = 0
  for await (const account of state.entries('System', 'Account')) {
    held += account.integer('data', 'free') + account.integer('data', 'reserved')
    accounts++
  }
  const excess = state.integer('Balances', 'TotalIssuance') - held
  if (excess === 0n) return
  const sum = `the sum of the balances of ${accounts.toLocaleString('en')} accounts`
  yield {
    subject: 'Balances.TotalIssuance',
    message: `Balances.TotalIssuance is ${apart(excess)} ${sum}`,
    excess,
  }
}

async function* subtensorIssuance(state: StateReader): AsyncIterable<Violation> {
  const booked = state.integer(SUBTENSOR, 'TotalIssuance')
  const sum = state.integer('Balances', 'TotalIssuance') + state.integer(SUBTENSOR, 'TotalStake')
  const excess = booked - sum
  if (excess === 0n) return
  yield {
    subject: `${SUBTENSOR}.TotalIssuance`,
    message: `${SUBTENSOR}.TotalIssuance is ${apart(excess, ' rao')} the sum of balances and stake`,
    excess,
  }
}

/** `1 rao above`, `5 below`. */
export function apart(excess: bigint, unit = ''): string {
  const amount = excess < 0n ? -excess : excess
  return `${amount.toLocaleString('en')}${unit} ${excess < 0n ? 'below' : 'above'}`
}
