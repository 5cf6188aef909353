import type { ChainCodec, TypedValue } from '../../harness/codec/index.ts'
import { defineInvariant, type Violation } from './invariant.ts'
import { apart } from './issuance.ts'
import { hasField, isListMap } from './shapeFields.ts'
import { fieldAt, integerAt, type StateEntry, type StateReader } from './stateReader.ts'

const ACCOUNT = ['System', 'Account'] as const
/** Where a runtime says how much of an account is frozen: one field since 2023, two before. */
const FROZEN_FIELDS = [['frozen'], ['misc_frozen', 'fee_frozen']]

export const accounts = defineInvariant({
  id: 'accounts',
  title: 'References, freezes and reserves of accounts are consistent',
  why: 'A migration that counts references wrongly leaves accounts that can never be removed, or removes accounts that are still referenced.',
  applies: (codec) => countsReferences(codec) || frozenFields(codec) !== null,
  async *check(state) {
    const frozen = await largestAmounts(state, ['Locks', 'Freezes'])
    const held = await sumsOfAmounts(state, ['Holds', 'Reserves'])
    const fields = frozenFields(state.codec)
    const counts = countsReferences(state.codec)
    for await (const account of state.entries(...ACCOUNT)) {
      if (counts) yield* withoutProvider(state, account)
      if (fields !== null) yield* otherAmounts(state, account, { fields, frozen, held })
    }
  },
})

function countsReferences(codec: ChainCodec): boolean {
  return ['consumers', 'providers'].every((field) => hasField(codec, ACCOUNT, field))
}

/** Null when the runtime's balances say nothing of freezes or locks. */
function frozenFields(codec: ChainCodec): readonly string[] | null {
  if (!isListMap(codec, 'Balances', 'Locks', 1)) return null
  return (
    FROZEN_FIELDS.find((fields) => fields.every((field) => hasField(codec, ACCOUNT, 'data', field))) ?? null
  )
}

function* withoutProvider(state: StateReader, account: StateEntry): Iterable<Violation> {
  const consumers = account.integer('consumers')
  if (consumers === 0n || account.integer('providers') > 0n) return
  const of = state.address(account.keys[0] ?? null)
  yield {
    subject: 'System.Account references',
    of,
    message: `System.Account ${of} has ${consumers} consumers and no provider`,
  }
}

type Amounts = ReadonlyMap<TypedValue, bigint>

interface AmountsOf {
  readonly fields: readonly string[]
  readonly frozen: Amounts
  readonly held: Amounts
}

function* otherAmounts(
  state: StateReader,
  account: StateEntry,
  { fields, frozen, held }: AmountsOf,
): Iterable<Violation> {
  const amounts = fields.map((field) => account.integer('data', field))
  const stored = amounts.reduce(larger)
  const reserved = account.integer('data', 'reserved')
  // PERF: hardly any account has either, and its key need not be read.
  if (stored === 0n && frozen.size === 0 && held.size === 0) return
  const id = account.keys[0] ?? null
  const excess = stored - (frozen.get(id) ?? 0n)
  if (excess !== 0n) {
    const of = state.address(id)
    const message = `What is frozen of ${of} is ${apart(excess)} its largest lock or freeze`
    yield { subject: 'System.Account frozen', of, message, excess }
  }
  const missing = (held.get(id) ?? 0n) - reserved
  if (missing > 0n) {
    const of = state.address(id)
    const message = `The holds and reserves of ${of} are ${apart(missing)} what is reserved of it`
    yield { subject: 'System.Account reserved', of, message, excess: missing }
  }
}

async function largestAmounts(state: StateReader, items: readonly string[]): Promise<Amounts> {
  return amountsBy(state, items, larger)
}

async function sumsOfAmounts(state: StateReader, items: readonly string[]): Promise<Amounts> {
  return amountsBy(state, items, (a, b) => a + b)
}

/** `amount` of the entries of lists, by account. */
async function amountsBy(
  state: StateReader,
  items: readonly string[],
  combine: (a: bigint, b: bigint) => bigint,
): Promise<Amounts> {
  const amounts = new Map<TypedValue, bigint>()
  for (const item of items.filter((name) => isListMap(state.codec, 'Balances', name, 1))) {
    for await (const { keys, value } of state.entries('Balances', item)) {
      const account = keys[0] ?? null
      for (const one of Array.isArray(value) ? value : []) {
        if (fieldAt(one, 'amount') === undefined) continue
        amounts.set(account, combine(amounts.get(account) ?? 0n, integerAt(one, 'amount')))
      }
    }
  }
  return amounts
}

/** `Math.max` takes no bigints. */
function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a
  return b
}
