import { bytesToHex } from '../../harness/base/bytes.ts'
import type { ChainCodec, ChainValue, StorageItem, TypeRef } from '../../harness/codec/index.ts'
import { encodeShape } from '../../harness/codec/shape/encodeShape.ts'
import type { ChainState } from '../../harness/state/chainState.ts'

/** Values worth trying: what is on chain, what the module compares with, what worked before. */
export interface ValuePools {
  /** 0x-hex, 32 bytes; the accounts with a balance come first. */
  readonly accounts: string[]
  /** 0x-hex of other fixed bytes, by length. */
  readonly fixedBytes: Map<number, string[]>
  /** Integers that are keys, values or constants of the chain. */
  readonly integers: bigint[]
  /** By parameter name: what calls were given that succeeded. Newest last. */
  readonly byName: Map<string, ChainValue[]>
}

const KEYS_PER_ITEM = 24
const MAX_ACCOUNTS = 64
const MAX_INTEGERS = 512
const MAX_NAMED = 16

/** What a state and its metadata have to offer. */
export function collectPools(codec: ChainCodec, state: ChainState): ValuePools {
  const pools: ValuePools = { accounts: [], fixedBytes: new Map(), integers: [], byName: new Map() }
  const account = codec.item('System', 'Account')
  if (account !== null) collectItem(codec, state, { item: account, pools })
  for (const item of codec.items()) collectItem(codec, state, { item, pools })
  for (const { constants } of codec.metadata.pallets) {
    for (const { type, value } of constants.values()) {
      if (isInteger(codec, type) && value.length <= 16) addInteger(pools, littleEndian(value))
    }
  }
  return pools
}

function collectItem(
  codec: ChainCodec,
  state: ChainState,
  { item, pools }: { item: StorageItem; pools: ValuePools },
): void {
  const prefix = codec.storagePrefix(item.pallet, item.item)
  let count = 0
  for (const key of state.keysWithPrefix(prefix)) {
    if (++count > KEYS_PER_ITEM) break
    if (isInteger(codec, item.value)) {
      const value = state.get(key)
      if (value !== null && value.length <= 16) addInteger(pools, littleEndian(value))
    } else if (item.keys.length === 0) addBytes(codec, item.value, { bytes: state.get(key), pools })
    const described = item.keys.length === 0 ? null : codec.describeKey(key)
    if (described?.kind !== 'item') continue
    for (const [i, type] of item.keys.entries()) {
      const arg = described.args[i]
      if (arg === undefined) continue
      addBytes(codec, type, { bytes: encodeShape(codec.metadata.types, type, arg), pools })
    }
  }
}

function addBytes(
  codec: ChainCodec,
  type: TypeRef,
  { bytes, pools }: { bytes: Uint8Array | null; pools: ValuePools },
): void {
  if (bytes === null) return
  const shape = codec.metadata.types.shape(type)
  if (shape.kind === 'account' && bytes.length === 32) {
    const hex = bytesToHex(bytes)
    if (pools.accounts.length < MAX_ACCOUNTS && !pools.accounts.includes(hex)) pools.accounts.push(hex)
  } else if (shape.kind === 'fixedBytes') {
    const known = pools.fixedBytes.get(bytes.length) ?? []
    if (known.length < MAX_ACCOUNTS) pools.fixedBytes.set(bytes.length, [...known, bytesToHex(bytes)])
  } else if (isInteger(codec, type)) addInteger(pools, littleEndian(bytes))
}

/** Adds an integer, unless it is there or the pool is full. */
export function addInteger(pools: ValuePools, value: bigint): void {
  if (pools.integers.length < MAX_INTEGERS && !pools.integers.includes(value)) pools.integers.push(value)
}

/** Remembers what a parameter of this name was given in a call that succeeded. */
export function rememberNamed(pools: ValuePools, name: string, value: ChainValue): void {
  if (typeof value === 'object' && value !== null) return
  const known = pools.byName.get(name) ?? []
  if (known.includes(value)) return
  if (known.length >= MAX_NAMED) known.shift()
  known.push(value)
  pools.byName.set(name, known)
}

function isInteger(codec: ChainCodec, type: TypeRef): boolean {
  return ['uint', 'int', 'compact'].includes(codec.metadata.types.shape(type).kind)
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}
