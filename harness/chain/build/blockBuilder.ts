import { bytesToHex } from '../../base/bytes.ts'
import type { Outcome } from '../../runtime/executor.ts'
import type { ChainState } from '../../state/chainState.ts'
import type { Changes } from '../../state/stateView.ts'
import type { StateTrie } from '../../state/trie/stateTrie.ts'
import { type Block, type ChainHead, createHead, decodeExtrinsics } from '../block.ts'
import { chooseConsensus, type SlotClaim } from '../consensus/index.ts'
import { decodeHeader, encodeHeader, type Header, zeroHash } from '../header.ts'
import { createInherentData, encodeInherentData, RELAY_SLOT_MS } from '../inherents/index.ts'
import { outcomeText } from '../outcomeText.ts'
import type { BlockRuntime } from '../runtimeContext.ts'
import { isInherentsOnly } from './inclusionMode.ts'
import { type Phase, type PhaseName, phaseLabel } from './phase.ts'

export interface BuildBlockOptions {
  /** SCALE bytes with length prefix, in order. Default: none. */
  readonly extrinsics?: readonly Uint8Array[]
  /** Time of the block since the Unix epoch. Default: the slot after the parent's. */
  readonly timestampMs?: bigint
  /** Of an author that does not ask the runtime, as a node that was started before an upgrade. Default: ask. */
  readonly slotDurationMs?: bigint
  /**
   * Put into the state after the last extrinsic and before the block is finalized, so that its state root covers them.
   * An assumption: no extrinsic made them, and `Core_execute_block` will refuse the block.
   */
  readonly beforeFinalize?: (state: ChainState) => Changes
}

/** A given extrinsic that did not get into the block. */
export interface DroppedExtrinsic {
  /** In the options' list. */
  readonly position: number
  /**
   * `invalid`: the runtime refused it. `trap`: the call did not come back. `inherentsOnly`: the runtime is in the middle
   * of a multi-block migration and takes inherents only.
   */
  readonly reason: 'invalid' | 'trap' | 'inherentsOnly'
  readonly message: string
}

export interface BuiltBlock {
  readonly kind: 'built'
  readonly block: Block
  /** The block as a new head; its state is sealed. */
  readonly head: ChainHead
  readonly claim: SlotClaim
  readonly inherentCount: number
  readonly dropped: readonly DroppedExtrinsic[]
  readonly phases: readonly Phase[]
}

/** The runtime failed to build the block. */
export interface FailedBlock {
  readonly kind: 'failed'
  /** `authoring`: a question to the runtime before the block began (slot duration, configuration). */
  readonly phase: PhaseName | { readonly kind: 'authoring' }
  readonly entryPoint: string
  /** Not ok; or ok with an output that ends the block, such as an inherent that failed. */
  readonly outcome: Outcome
  readonly message: string
  readonly phases: readonly Phase[]
}

export type BuildResult = BuiltBlock | FailedBlock

/**
 * Makes the block after `parent` as a node does: initialize, inherents, extrinsics, finalize (`on_idle` and
 * `on_finalize` run in there). The header comes from the runtime, with its state root and extrinsics root; it carries no
 * seal. Deterministic.
 */
export async function buildBlock(
  runtime: BlockRuntime,
  parent: ChainHead,
  options: BuildBlockOptions = {},
): Promise<BuildResult> {
  const answer = await chooseConsensus(runtime).claim(runtime, parent, {
    timestampMs: options.timestampMs ?? null,
    slotDurationMs: options.slotDurationMs ?? null,
    alignMs: runtime.codec.hasPallet('ParachainSystem') ? RELAY_SLOT_MS : 1n,
  })
  if (answer.kind === 'failed') return { ...answer, phase: { kind: 'authoring' }, phases: [] }
  const draft = new Draft(runtime, parent, answer.value)
  const failure =
    (await draft.initialize()) ?? (await draft.applyInherents()) ?? (await draft.applyExtrinsics(options))
  return failure ?? draft.finalize(options)
}

/** A block in the making: the state so far, and what happened. */
class Draft {
  readonly #runtime: BlockRuntime
  readonly #parent: ChainHead
  readonly #claim: SlotClaim
  readonly #phases: Phase[] = []
  readonly #extrinsics: Uint8Array[] = []
  readonly #dropped: DroppedExtrinsic[] = []
  #state: ChainState
  #inherentCount = 0
  #inherentsOnly = false

  constructor(runtime: BlockRuntime, parent: ChainHead, claim: SlotClaim) {
    this.#runtime = runtime
    this.#parent = parent
    this.#claim = claim
    this.#state = parent.state
  }

  async initialize(): Promise<FailedBlock | null> {
    const header: Header = {
      parentHash: this.#parent.hash,
      number: this.#parent.number + 1,
      stateRoot: zeroHash(),
      extrinsicsRoot: zeroHash(),
      digest: this.#claim.digest,
    }
    const name: PhaseName = { kind: 'initialize' }
    const phase = await this.#call(name, 'Core_initialize_block', encodeHeader(header))
    if (phase.outcome.kind !== 'ok') return this.#failure(phase, outcomeText(phase.outcome))
    this.#keep(phase)
    this.#inherentsOnly = isInherentsOnly(phase.outcome)
    return null
  }

  async applyInherents(): Promise<FailedBlock | null> {
    const authoring = { runtime: this.#runtime, parent: this.#parent, claim: this.#claim }
    const data = await createInherentData(authoring)
    if (data.kind === 'failed') return { ...data, phase: { kind: 'authoring' }, phases: this.#phases }
    const input = encodeInherentData(data.value)
    const created = await this.#call({ kind: 'inherents' }, 'BlockBuilder_inherent_extrinsics', input)
    this.#phases.push(created)
    if (created.outcome.kind !== 'ok') return this.#failure(created, outcomeText(created.outcome))
    const inherents = decodeExtrinsics(created.outcome.output)
    if (inherents === null) return this.#failure(created, 'its output is not a list of extrinsics')
    this.#inherentCount = inherents.length
    for (const inherent of inherents) {
      const phase = await this.#apply(inherent, true)
      if (!phase.kept) return this.#failure(phase, rejection(phase))
      if (phase.applyResult?.kind === 'dispatchError') {
        return this.#failure(phase, `the inherent failed: ${rejection(phase)}`)
      }
    }
    return null
  }

  async applyExtrinsics(options: BuildBlockOptions): Promise<null> {
    for (const [position, extrinsic] of (options.extrinsics ?? []).entries()) {
      if (this.#inherentsOnly) {
        const message = 'the runtime takes only inherents while a multi-block migration runs'
        this.#dropped.push({ position, reason: 'inherentsOnly', message })
        continue
      }
      const phase = await this.#apply(extrinsic, false)
      if (phase.kept) continue
      const reason = phase.outcome.kind === 'ok' ? 'invalid' : 'trap'
      this.#dropped.push({ position, reason, message: rejection(phase) })
    }
    return null
  }

  async finalize(options: BuildBlockOptions): Promise<BuildResult> {
    if (options.beforeFinalize !== undefined) this.#advance(options.beforeFinalize(this.#state))
    const phase = await this.#call({ kind: 'finalize' }, 'BlockBuilder_finalize_block', new Uint8Array())
    if (phase.outcome.kind !== 'ok') return this.#failure(phase, outcomeText(phase.outcome))
    const header = decodeHeader(phase.outcome.output)
    if (header === null) return this.#failure(phase, 'its output is not a header')
    this.#keep(phase)
    return {
      kind: 'built',
      block: { header, extrinsics: this.#extrinsics },
      head: createHead(header, this.#state.seal()),
      claim: this.#claim,
      inherentCount: this.#inherentCount,
      dropped: this.#dropped,
      phases: this.#phases,
    }
  }

  /** Kept when the runtime says that the extrinsic was applied, even if what it called failed. */
  async #apply(extrinsic: Uint8Array, inherent: boolean): Promise<Phase> {
    const name: PhaseName = { kind: 'extrinsic', index: this.#extrinsics.length, inherent }
    const phase = await this.#call(name, 'BlockBuilder_apply_extrinsic', extrinsic)
    if (phase.outcome.kind !== 'ok') {
      this.#phases.push(phase)
      return phase
    }
    const { output } = phase.outcome
    const decoded = { ...phase, applyResult: this.#runtime.codec.decodeApplyResult(output) }
    if (output[0] !== 0) {
      this.#phases.push(decoded)
      return decoded
    }
    this.#extrinsics.push(extrinsic)
    return this.#keep(decoded)
  }

  async #call(name: PhaseName, entryPoint: string, input: Uint8Array): Promise<Phase> {
    const { executor, blob, callOptions: options } = this.#runtime
    const state = this.#state
    const outcome = await executor.call({ blob, entryPoint, input, state, options })
    return { name, entryPoint, input, state, outcome, kept: false }
  }

  #keep(phase: Phase): Phase {
    const kept = { ...phase, kept: true }
    if (phase.outcome.kind === 'ok') this.#advance(phase.outcome.changes, phase.outcome.trie)
    this.#phases.push(kept)
    return kept
  }

  #advance(changes: Changes, trie: StateTrie | null = null): void {
    this.#state = this.#state.with(changes, trie, this.#runtime.stateVersion)
  }

  #failure(phase: Phase, message: string): FailedBlock {
    const { name, entryPoint, outcome } = phase
    const phases = this.#phases.includes(phase) ? this.#phases : [...this.#phases, phase]
    const text = `block ${this.#parent.number + 1}, ${phaseLabel(name)}: ${message}`
    return { kind: 'failed', phase: name, entryPoint, outcome, message: text, phases }
  }
}

/** Why an extrinsic did not get in, or an inherent failed. */
function rejection({ outcome, applyResult }: Phase): string {
  if (outcome.kind !== 'ok') return outcomeText(outcome)
  if (applyResult?.kind === 'invalid') return applyResult.reason
  if (applyResult?.kind === 'dispatchError') {
    const { kind, pallet, error } = applyResult.error
    return [kind, pallet, error].filter((part) => part !== undefined).join('.')
  }
  return `the result ${bytesToHex(outcome.output)} is none that is known`
}
