import type { TypedValue } from '../../../../harness/codec/index.ts'
import { defineInvariant, type Violation } from '../../../invariants/invariant.ts'
import { apart } from '../../../invariants/issuance.ts'
import { isIntegerMap } from '../../../invariants/shapeFields.ts'
import type { StateReader } from '../../../invariants/stateReader.ts'

const PALLET = 'SubtensorModule'
const TOTALS = [
  { item: 'TotalHotkeyStake', position: 0 },
  { item: 'TotalColdkeyStake', position: 1 },
] as const

/** Of subtensors that keep stakes as amounts, by hotkey and coldkey. Shares of pools, which came in 2025, are another matter. */
export const stake = defineInvariant({
  id: 'stake',
  title: 'Stake totals equal the sums of the stakes',
  why: 'Stake that moves to another owner, or is counted twice, shows first as totals that no longer match.',
  applies: (codec) =>
    isIntegerMap(codec, PALLET, 'Stake', 2) &&
    TOTALS.some(({ item }) => isIntegerMap(codec, PALLET, item, 1)) &&
    codec.item(PALLET, 'TotalStake') !== null,
  async *check(state) {
    const sums = [new Map<TypedValue, bigint>(), new Map<TypedValue, bigint>()] as const
    let all = 0n
    for await (const row of state.entries(PALLET, 'Stake')) {
      const amount = row.integer()
      const { keys } = row
      all += amount
      for (const { position } of TOTALS) {
        const sum = sums[position]
        const account = keys[position] ?? null
        sum.set(account, (sum.get(account) ?? 0n) + amount)
      }
    }
    const excess = state.integer(PALLET, 'TotalStake') - all
    if (excess !== 0n) {
      const message = `${PALLET}.TotalStake is ${apart(excess, ' rao')} the sum of all stakes`
      yield { subject: `${PALLET}.TotalStake`, message, excess }
    }
    for (const { item, position } of TOTALS) {
      if (isIntegerMap(state.codec, PALLET, item, 1)) yield* unlikeTotals(state, item, sums[position])
    }
  },
})

/** Uses up `sums`: what is left in the end has no total. */
async function* unlikeTotals(
  state: StateReader,
  item: string,
  sums: Map<TypedValue, bigint>,
): AsyncIterable<Violation> {
  for await (const total of state.entries(PALLET, item)) {
    const account = total.keys[0] ?? null
    const excess = total.integer() - (sums.get(account) ?? 0n)
    sums.delete(account)
    if (excess !== 0n) yield unlikeTotal(state, item, { account, excess })
  }
  for (const [account, sum] of sums) if (sum !== 0n) yield unlikeTotal(state, item, { account, excess: -sum })
}

function unlikeTotal(
  state: StateReader,
  item: string,
  { account, excess }: { readonly account: TypedValue; readonly excess: bigint },
): Violation {
  const of = state.address(account)
  const message = `${PALLET}.${item} of ${of} is ${apart(excess, ' rao')} the sum of its stakes`
  return { subject: `${PALLET}.${item}`, of, message, excess }
}
