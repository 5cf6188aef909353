import { binaryToHex, bytesToHex } from '../../../harness/base/bytes.ts'
import type { ChainCodec, ChainInput } from '../../../harness/codec/index.ts'
import { decodeUint } from '../../../harness/codec/scale.ts'
import type { StateView } from '../../../harness/state/stateView.ts'

const PALLET = 'SubtensorModule'
const MAX_SUBNETS = 64

/** The subnets and neurons of a state, read when they are asked for. Accounts are 0x-hex. */
export class SubnetView {
  readonly #codec: ChainCodec
  readonly #state: StateView

  constructor(codec: ChainCodec, state: StateView) {
    this.#codec = codec
    this.#state = state
  }

  /** Of subnets that exist, the first 64. */
  netuids(): readonly number[] {
    const prefix = this.#codec.storagePrefix(PALLET, 'NetworksAdded')
    const netuids: number[] = []
    let key = this.#state.nextKey(prefix)
    for (; key?.startsWith(prefix) && netuids.length < MAX_SUBNETS; key = this.#state.nextKey(key)) {
      // Identity, and the hashers that concatenate, end with the netuid itself.
      const netuid = key.charCodeAt(key.length - 2) | (key.charCodeAt(key.length - 1) << 8)
      if (this.#state.get(key)?.[0] === 1) netuids.push(netuid)
    }
    return netuids
  }

  size(netuid: number): number {
    const value = this.#get('SubnetworkN', netuid)
    return value === null ? 0 : Number(decodeUint(value))
  }

  hotkey(netuid: number, uid: number): string | null {
    return this.#account('Keys', netuid, uid)
  }

  owner(netuid: number): string | null {
    return this.#account('SubnetOwner', netuid)
  }

  coldkey(hotkey: string): string | null {
    return this.#account('Owner', hotkey)
  }

  /** Up to `most` hotkeys that somebody owns. */
  hotkeys(most: number): readonly string[] {
    if (this.#codec.item(PALLET, 'Owner') === null) return []
    const prefix = this.#codec.storagePrefix(PALLET, 'Owner')
    const found: string[] = []
    let key = this.#state.nextKey(prefix)
    for (; key?.startsWith(prefix) && found.length < most; key = this.#state.nextKey(key)) {
      found.push(binaryToHex(key.slice(-32)))
    }
    return found
  }

  #account(item: string, ...args: readonly ChainInput[]): string | null {
    const value = this.#get(item, ...args)
    return value === null ? null : bytesToHex(value)
  }

  #get(item: string, ...args: readonly ChainInput[]): Uint8Array | null {
    if (this.#codec.item(PALLET, item) === null) return null
    return this.#state.get(this.#codec.storageKey(PALLET, item, ...args))
  }
}

/** Whether a runtime has subnets that can be read so. */
export function hasSubnets(codec: ChainCodec): boolean {
  return ['NetworksAdded', 'SubnetworkN', 'Keys'].every((item) => codec.item(PALLET, item) !== null)
}
