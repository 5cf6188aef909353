import { blockEvents } from '../../harness/chain/blockEvents.ts'
import type { BuiltBlock } from '../../harness/chain/build/blockBuilder.ts'
import type { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type {
  ChainEvent,
  ChainInput,
  ChainValue,
  DispatchErrorInfo,
  ExtrinsicSigner,
} from '../../harness/codec/index.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { CallCost } from '../../harness/runtime/executor.ts'
import { migrationCursors } from '../migrations/migrationCursors.ts'

/** Who makes a call: a development account, or any account whose signature is taken on trust. */
export type ScenarioAccount =
  | { readonly kind: 'account'; readonly address: string; readonly signer: ExtrinsicSigner }
  | { readonly kind: 'impersonated'; readonly address: string }

/** What became of a call that was put into a block. */
export interface Submitted {
  /** `refused`: it did not get into the block at all. */
  readonly kind: 'success' | 'failed' | 'refused'
  /** `SubtensorModule.settingWeightsTooFast`-like name of a dispatch error, or why it was refused; null on success. */
  readonly error: string | null
  readonly events: readonly ChainEvent[]
  /** In picoseconds, as the runtime says it used; null when it says nothing. */
  readonly refTimePs: bigint | null
  /** What the account paid; null when the runtime does not tell. */
  readonly fee: bigint | null
  readonly cost: CallCost
  /** Height of the block. */
  readonly block: number
}

/** Blocks after which migrations that still run are not waited for any longer. */
const MAX_SETTLE_BLOCKS = 200

/** The chain of a scenario: a fork that a test moves on by itself. */
export class ScenarioChain {
  readonly #fork: Fork
  readonly #candidate: RuntimeBlob

  constructor(fork: Fork, candidate: RuntimeBlob) {
    this.#fork = fork
    this.#candidate = candidate
  }

  /** Height of the last block. */
  get number(): number {
    return this.#fork.head.number
  }

  /** The `spec_version` that makes the next block. */
  async specVersion(): Promise<number> {
    return (await this.#runtime()).version.specVersion
  }

  /**
   * A value of the state after the last block, decoded; what the runtime reads when the key is absent, null when that is nothing.
   * Throws `CODEC_UNKNOWN_STORAGE` for an item that the runtime does not have.
   */
  async storage(pallet: string, item: string, ...keys: readonly ChainInput[]): Promise<ChainValue> {
    const { codec } = await this.#runtime()
    const stored = this.#fork.head.state.get(codec.storageKey(pallet, item, ...keys))
    const bytes = stored ?? codec.fallback(pallet, item)
    if (bytes === null) return null
    const decoded = codec.decodeValue(pallet, item, bytes)
    if (decoded.kind === 'value' && decoded.remaining === 0) return decoded.value
    throw new Error(
      `${pallet}.${item} does not decode: ${decoded.kind === 'error' ? decoded.error : 'bytes left over'}`,
    )
  }

  /** Puts a value into the state by hand, for what a test needs to begin with. Throws `CODEC_ENCODE`. */
  async setStorage(
    item: readonly [pallet: string, item: string, ...keys: readonly ChainInput[]],
    value: ChainInput,
  ): Promise<void> {
    const [pallet, name, ...keys] = item
    const { codec } = await this.#runtime()
    const changes = new Map([
      [codec.storageKey(pallet, name, ...keys), codec.encodeValue(pallet, name, value)],
    ])
    this.#fork.setStorage(changes, `a scenario set ${pallet}.${name}`)
  }

  /** Builds a block with the call of an account in it, signed and with its next nonce. */
  async submit(
    sender: ScenarioAccount,
    call: readonly [pallet: string, call: string],
    args: ChainInput = {},
  ): Promise<Submitted> {
    const runtime = await this.#runtime()
    const extrinsic = await this.#extrinsic(runtime, sender, runtime.codec.encodeCall(...call, args))
    const block = await this.#build([extrinsic])
    const [dropped] = block.dropped
    const phase = block.phases.find(({ name }) => name.kind === 'extrinsic' && !name.inherent)
    if (phase === undefined || dropped !== undefined) {
      const cost = (phase ?? block.phases[0])?.outcome.cost
      if (cost === undefined) throw new Error(`block ${block.head.number} has no phases`)
      const error = dropped?.message ?? 'it is not in the block'
      return {
        kind: 'refused',
        error,
        events: [],
        refTimePs: null,
        fee: null,
        cost,
        block: block.head.number,
      }
    }
    const index = phase.name.kind === 'extrinsic' ? phase.name.index : -1
    const events = eventsOf(runtime, block, index)
    const { applyResult } = phase
    const error = applyResult?.kind === 'dispatchError' ? errorName(applyResult.error) : null
    return {
      kind: error === null ? 'success' : 'failed',
      error,
      events,
      refTimePs: usedRefTime(events),
      fee: paidFee(events),
      cost: phase.outcome.cost,
      block: block.head.number,
    }
  }

  /** Builds so many blocks without extrinsics; gives the events of all of them. Throws when a block cannot be built. */
  async advance(blocks = 1): Promise<readonly ChainEvent[]> {
    const events: ChainEvent[] = []
    for (let i = 0; i < blocks; i++) {
      const runtime = await this.#runtime()
      const block = await this.#build([])
      events.push(...blockEvents(runtime.codec, block.head.state).events)
    }
    return events
  }

  /**
   * Upgrades the chain to the runtime under test in the chain's own order, and goes on until multi-block migrations are done.
   * Throws when the upgrade fails, or its migrations do not end.
   */
  async upgrade(): Promise<void> {
    const before = this.#fork.head.state
    const result = await this.#fork.upgrade(this.#candidate)
    if (result.kind !== 'upgraded') {
      const message = 'block' in result ? result.block.message : result.failure.message
      throw new Error(`the upgrade failed: ${message}`)
    }
    for (let i = 0; i < MAX_SETTLE_BLOCKS; i++) {
      const { codec } = await this.#runtime()
      if (migrationCursors(codec, this.#fork.head.state, before).length === 0) return
      await this.#build([])
    }
    throw new Error(`the migrations did not finish within ${MAX_SETTLE_BLOCKS} blocks`)
  }

  #runtime(): Promise<RuntimeContext> {
    return this.#fork.context()
  }

  async #build(extrinsics: readonly Uint8Array[]): Promise<BuiltBlock> {
    const result = await this.#fork.buildBlock({ extrinsics })
    if (result.kind === 'built') return result
    throw new Error(`the chain stops: ${result.message}`)
  }

  async #extrinsic(runtime: RuntimeContext, sender: ScenarioAccount, call: Uint8Array): Promise<Uint8Array> {
    const { codec, version } = runtime
    const common = {
      call,
      nonce: await this.#nonce(sender.address),
      genesisHash: this.#genesisHash(codec),
      specVersion: version.specVersion,
      transactionVersion: version.transactionVersion,
    }
    return sender.kind === 'account'
      ? codec.signExtrinsic({ ...common, signer: sender.signer })
      : codec.signExtrinsic({ ...common, signer: sender, signature: 'mock' })
  }

  async #nonce(address: string): Promise<number> {
    const account = await this.storage('System', 'Account', address)
    const nonce = typeof account === 'object' && account !== null && 'nonce' in account ? account['nonce'] : 0
    return Number(nonce)
  }

  /** As the runtime has it. */
  #genesisHash(codec: RuntimeContext['codec']): Uint8Array {
    const { head } = this.#fork
    return head.state.get(codec.storageKey('System', 'BlockHash', 0)) ?? head.hash
  }
}

function eventsOf({ codec }: RuntimeContext, block: BuiltBlock, index: number): readonly ChainEvent[] {
  return blockEvents(codec, block.head.state).events.filter(
    ({ phase }) => phase.kind === 'applyExtrinsic' && phase.index === index,
  )
}

function errorName({ kind, pallet, error }: DispatchErrorInfo): string {
  return [pallet ?? kind, error].filter((part) => part !== undefined).join('.')
}

function usedRefTime(events: readonly ChainEvent[]): bigint | null {
  const done = events.find(({ pallet, event }) => pallet === 'System' && /^Extrinsic/.test(event))
  const weight = memberOf(memberOf(done?.fields, 'dispatch_info'), 'weight')
  return toBigint(memberOf(weight, 'ref_time') ?? weight)
}

function paidFee(events: readonly ChainEvent[]): bigint | null {
  const paid = events.find(({ event }) => event === 'TransactionFeePaid')
  return toBigint(memberOf(paid?.fields, 'actual_fee'))
}

function memberOf(value: ChainValue | undefined, name: string): ChainValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map<string, ChainValue>(Object.entries(value)).get(name)
}

function toBigint(value: ChainValue | undefined): bigint | null {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))
    ? BigInt(value)
    : null
}
