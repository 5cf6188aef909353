import { bytesToBinary } from '../../harness/base/bytes.ts'
import { createWasmHasher } from '../../harness/base/wasmHasher.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import { createPackedStore } from '../../harness/state/store/packedStore.ts'
import type { Store, StoreEntry } from '../../harness/state/store/store.ts'

const PALLET = 'SubtensorModule'
const FREE = 1_000_000_000n
const STAKE = 5_000_000_000n
/** Keys that a person more has: an account, a stake and its two totals. */
const KEYS_EACH = 4

/**
 * `base`, a demo chain, with so many people more that it has about `keyCount` keys. What has to add up does. PERF: values are
 * encoded once and keys put together from hashes; a million take 7 s of CPU, nearly all of it to sort them in the store.
 */
export function largeStore(base: Store, codec: ChainCodec, keyCount: number): Store {
  const people = Math.max(0, Math.ceil((keyCount - base.keyCount) / KEYS_EACH))
  const totals: readonly (readonly [pallet: string, item: string, added: bigint])[] = [
    ['Balances', 'TotalIssuance', FREE],
    [PALLET, 'TotalStake', STAKE],
    [PALLET, 'TotalIssuance', FREE + STAKE],
  ]
  const raised = totals.map(([pallet, item, added]): StoreEntry => {
    const key = codec.storageKey(pallet, item)
    const decoded = codec.decodeValue(pallet, item, base.get(key) ?? new Uint8Array())
    const before = decoded.kind === 'value' ? BigInt(String(decoded.value)) : 0n
    return [key, codec.encodeValue(pallet, item, before + added * BigInt(people))]
  })
  return createPackedStore(chain(base.range('', null), peopleEntries(codec, people), raised))
}

function* chain(...parts: readonly Iterable<StoreEntry>[]): Iterable<StoreEntry> {
  for (const part of parts) yield* part
}

function* peopleEntries(codec: ChainCodec, people: number): Iterable<StoreEntry> {
  const hasher = createWasmHasher()
  const data = { free: FREE, reserved: 0n, frozen: 0n, flags: 1n << 127n }
  const info = { nonce: 0, consumers: 0, providers: 1, sufficients: 0, data }
  const account = codec.encodeValue('System', 'Account', info)
  const stake = codec.encodeValue(PALLET, 'Stake', STAKE)
  const prefix = (item: string) => codec.storagePrefix(PALLET, item)
  const accounts = codec.storagePrefix('System', 'Account')
  const [stakes, byHotkey, byColdkey] = [
    prefix('Stake'),
    prefix('TotalHotkeyStake'),
    prefix('TotalColdkeyStake'),
  ]
  const id = new Uint8Array(32)
  for (let i = 0; i < people; i++) {
    new DataView(id.buffer).setUint32(0, i, true)
    id[31] = 1
    const coldkey = bytesToBinary(id)
    yield [accounts + bytesToBinary(hasher.blake2_128(id)) + coldkey, account]
    id[31] = 2
    const hotkey = bytesToBinary(id)
    yield [stakes + bytesToBinary(hasher.blake2_128(id)) + hotkey + coldkey, stake]
    yield [byHotkey + hotkey, stake]
    yield [byColdkey + coldkey, stake]
  }
}
