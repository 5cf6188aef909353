import { decodeAddress } from '@polkadot/util-crypto'
import { DrydockError } from '../../../harness/base/errors.ts'
import { buildBlock } from '../../../harness/chain/build/blockBuilder.ts'
import type { RuntimeContext } from '../../../harness/chain/runtimeContext.ts'
import type { ChainInput } from '../../../harness/codec/index.ts'
import type { CallOptions } from '../../../harness/runtime/executor.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { Changes } from '../../../harness/state/stateView.ts'
import { fundingChanges } from '../../governance/dispatch.ts'
import type { TwinSide } from '../twin/twin.ts'
import type { CallCase } from './callCase.ts'
import { type CallResult, callResult } from './callResult.ts'

const NO_HASH = new Uint8Array(32)

export interface ApplyOptions {
  /** Give the signer enough for any fee before. Default: true. */
  readonly funds?: boolean
  /** Default: the account's next one. */
  readonly nonce?: bigint
  /** Default: any signature is taken. */
  readonly signatures?: CallOptions['signatures']
}

/**
 * One side in the middle of a block: inherents are in, and each extrinsic that is tried meets the same state.
 */
export class TrafficSide {
  readonly runtime: RuntimeContext
  readonly state: ChainState

  private constructor(runtime: RuntimeContext, state: ChainState) {
    this.runtime = runtime
    this.state = state
  }

  /** Null when the side builds no block. `time` in milliseconds since 1970. */
  static async open(
    side: TwinSide,
    timestampMs?: bigint,
  ): Promise<{ side: TrafficSide; timestampMs: bigint } | null> {
    const options = timestampMs === undefined ? {} : { timestampMs }
    const block = await buildBlock(side.runtime, side.head, options)
    const last = block.phases.at(-1)
    if (block.kind === 'failed' || last === undefined) return null
    // Finalizing is a block's last call, and runs on what the inherents left.
    return { side: new TrafficSide(side.runtime, last.state), timestampMs: block.claim.timestampMs }
  }

  /** The state after `changes`. */
  after(changes: Changes): TrafficSide {
    return new TrafficSide(this.runtime, this.state.with(changes))
  }

  /** The extrinsic of a case in this runtime's encoding; null when the runtime has no such call or arguments. */
  encode(one: CallCase, options: ApplyOptions = {}): Uint8Array | null {
    const { codec, version } = this.runtime
    try {
      const call = this.#encodeCall(one)
      if (call === null) return null
      if (one.origin.kind === 'nobody') return codec.encodeUnsigned(call)
      return codec.signExtrinsic({
        call,
        nonce: options.nonce ?? this.nonceOf(one.origin.account),
        genesisHash: NO_HASH,
        specVersion: version.specVersion,
        transactionVersion: version.transactionVersion,
        signer: { address: one.origin.account },
        signature: 'mock',
      })
    } catch (error) {
      if (error instanceof DrydockError && error.code.startsWith('CODEC_')) return null
      throw error
    }
  }

  /** Between blocks. */
  static at({ runtime, head }: TwinSide): TrafficSide {
    return new TrafficSide(runtime, head.state)
  }

  /** What becomes of the case; null when it cannot be encoded. */
  async apply(one: CallCase, options: ApplyOptions = {}): Promise<CallResult | null> {
    const side =
      one.origin.kind === 'nobody' || options.funds === false ? this : this.funded(one.origin.account)
    const extrinsic = side.encode(one, options)
    return extrinsic === null ? null : side.applyBytes(extrinsic, options)
  }

  /** The same with money for an account, SS58 or hex. */
  funded(account: string): TrafficSide {
    const head = { number: 0, hash: NO_HASH, header: EMPTY_HEADER, state: this.state }
    const changes = fundingChanges(this.runtime, head, decodeAddress(account))
    return changes === null ? this : this.after(changes)
  }

  /** What becomes of an extrinsic. */
  async applyBytes(extrinsic: Uint8Array, { signatures }: ApplyOptions = {}): Promise<CallResult> {
    const { executor, blob, callOptions } = this.runtime
    const outcome = await executor.call({
      blob,
      entryPoint: 'BlockBuilder_apply_extrinsic',
      input: extrinsic,
      state: this.state,
      options: signatures === undefined ? callOptions : { ...callOptions, signatures },
    })
    return callResult(this.runtime, this.state, outcome)
  }

  #encodeCall({ pallet, call, args, origin }: CallCase): Uint8Array | null {
    const { codec } = this.runtime
    if (!codec.hasCall(pallet, call)) return null
    const inner: ChainInput = { pallet, call, args }
    return origin.kind === 'root'
      ? codec.encodeCall('Sudo', 'sudo', { call: inner })
      : codec.encodeCall(pallet, call, args)
  }

  /** Of the account's next extrinsic. */
  nonceOf(account: string): bigint {
    const { codec } = this.runtime
    const stored = this.state.get(codec.storageKey('System', 'Account', account))
    const decoded = stored === null ? null : codec.decodeValue('System', 'Account', stored)
    if (decoded?.kind !== 'value') return 0n
    // SAFETY: an AccountInfo of FRAME has a nonce; anything else counts as none.
    const { nonce } = (decoded.value ?? {}) as { readonly nonce?: number | string }
    return BigInt(nonce ?? 0)
  }
}

const EMPTY_HEADER = {
  parentHash: NO_HASH,
  number: 0,
  stateRoot: NO_HASH,
  extrinsicsRoot: NO_HASH,
  digest: [],
}
