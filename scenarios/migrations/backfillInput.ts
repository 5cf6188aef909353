import type { ChainCodec } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'

/** Where the rows of a backfill seem to come from. */
export interface BackfillInput {
  /** `Pallet.Item`; null when the rows that are reached stood there before the upgrade. */
  readonly item: string | null
  /** Rows of the source. */
  readonly rows: number
}

const ITEM_PREFIX = 32
/** An account, a hash: long enough not to be met by chance. */
const WIDE = 32
const HALF = 16
const MAX_KEYS = 200_000
const SAMPLES = 8

export interface BackfillQuestion {
  readonly codec: ChainCodec
  /** Before the upgrade. */
  readonly before: ChainState
  /** `Pallet.Item` of the keys. */
  readonly item: string
  /** Keys that blocks after the upgrade reached. */
  readonly keys: readonly StorageKey[]
}

/**
 * What a backfill goes through: rows that were there before the upgrade, or new rows about things that were known before
 * it (the accounts or subnets of another item of the pallet; the smallest such item). Null for rows about new things, such as
 * one for each block: growth, which has no end to wait for.
 */
export function findBackfillInput({ codec, before, item, keys }: BackfillQuestion): BackfillInput | null {
  const samples = keys.slice(-SAMPLES)
  if (samples.length === 0) return null
  if (samples.every((key) => before.get(key) !== null)) {
    return { item: null, rows: countKeys(before, samples[0]?.slice(0, ITEM_PREFIX) ?? '') }
  }
  const tokens = tokensOf(codec, samples)
  return tokens === null ? null : smallestSource({ codec, before, item, keys }, tokens)
}

function countKeys(state: ChainState, prefix: StorageKey): number {
  let count = 0
  for (const _ of state.keysWithPrefix(prefix)) {
    count += 1
    if (count === MAX_KEYS) break
  }
  return count
}

/** What each sample is about. */
type Tokens =
  | { readonly kind: 'wide'; readonly values: ReadonlySet<string> }
  | { readonly kind: 'argument'; readonly values: ReadonlySet<string>; readonly type: number }

function tokensOf(codec: ChainCodec, samples: readonly StorageKey[]): Tokens | null {
  if (samples.every((key) => key.length >= ITEM_PREFIX + WIDE)) {
    return { kind: 'wide', values: new Set(samples.map((key) => key.slice(-WIDE))) }
  }
  const described = samples.map((key) => codec.describeKey(key))
  const [first] = described
  if (first?.kind !== 'item') return null
  const type = codec.item(first.pallet, first.item)?.keys[0]
  const values = described.map((one) => (one?.kind === 'item' ? JSON.stringify(one.args[0]) : ''))
  return type === undefined ? null : { kind: 'argument', values: new Set(values), type }
}

function smallestSource(question: BackfillQuestion, tokens: Tokens): BackfillInput | null {
  const { codec, before, item, keys } = question
  const found = new Map<string, { rows: number; readonly met: Set<string> }>()
  let looked = 0
  for (const key of before.keysWithPrefix(keys[0]?.slice(0, HALF) ?? '')) {
    looked += 1
    if (looked > MAX_KEYS) break
    const label = codec.itemOfKey(key)
    if (label === item) continue
    const entry = found.get(label) ?? { rows: 0, met: new Set() }
    found.set(label, entry)
    entry.rows += 1
    for (const token of tokensOfRow(codec, { key, before, tokens })) {
      if (tokens.values.has(token)) entry.met.add(token)
    }
  }
  const sources = [...found].filter(([, { met }]) => met.size === tokens.values.size)
  sources.sort((a, b) => a[1].rows - b[1].rows)
  const [smallest] = sources
  return smallest === undefined ? null : { item: smallest[0], rows: smallest[1].rows }
}

interface Row {
  readonly key: StorageKey
  readonly before: ChainState
  readonly tokens: Tokens
}

function tokensOfRow(codec: ChainCodec, { key, before, tokens }: Row): readonly string[] {
  if (tokens.kind === 'wide') {
    const value = before.get(key)
    const isOne = value?.length === WIDE
    return [key.slice(-WIDE), ...(isOne ? [Buffer.from(value).toString('latin1')] : [])]
  }
  const described = codec.describeKey(key)
  if (described?.kind !== 'item' || codec.item(described.pallet, described.item)?.keys[0] !== tokens.type) {
    return []
  }
  return [JSON.stringify(described.args[0])]
}
