import {
  type Block,
  type ChainHead,
  isSameValue,
  type RuntimeCache,
  type RuntimeContext,
} from '../../harness/chain/index.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import { type BlockDifference, compareEffects } from './blockDifference.ts'
import { isBookkeeping } from './bookkeeping.ts'
import { missingState } from './missingState.ts'
import { type PhasedBlock, runPhases } from './phasedBlock.ts'
import { phaseEffects } from './phaseEffects.ts'
import type { CandidateReplay, ReplayStop } from './replayReport.ts'
import type { ReplayRuntime } from './replayRuntime.ts'
import { upgradeDelta } from './upgradeDelta.ts'

/**
 * A candidate beside the chain's own runtime: it gets the same bodies. Its state is the chain's with what the upgrade changed
 * and with all that it has done otherwise since, so that a difference stays and does not grow by being run again.
 */
export class CandidateRun {
  readonly #next: RuntimeContext
  readonly #differences: BlockDifference[] = []
  readonly #migrated: ReadonlySet<StorageKey>
  /** Where the candidate's state differs from the chain's. */
  #delta: Map<StorageKey, Uint8Array | null>
  #blocks = 0
  #stop: ReplayStop | null = null

  private constructor(next: RuntimeContext, delta: ReadonlyMap<StorageKey, Uint8Array | null>) {
    this.#next = next
    this.#delta = new Map(delta)
    this.#migrated = new Set(delta.keys())
  }

  /** Upgrades the state of `parent`; why that cannot be done, when it cannot. */
  static async start(
    catalog: RuntimeCache,
    parent: ChainHead,
    blob: RuntimeBlob,
  ): Promise<CandidateRun | ReplayStop> {
    const block = parent.number + 1
    try {
      const upgrade = await upgradeDelta(catalog, parent, blob)
      if (upgrade.kind === 'delta') return new CandidateRun(upgrade.next, upgrade.changes)
      return { kind: 'candidate', block, message: `the upgrade fails: ${upgrade.message}` }
    } catch (error) {
      const missing = missingState(error)
      if (missing === null) throw error
      return { kind: 'incomplete', block, message: missing }
    }
  }

  /** Runs one block under both runtimes; does nothing once the candidate has stopped. */
  async follow(runtime: ReplayRuntime, parent: ChainHead, block: Block): Promise<void> {
    if (this.#stop !== null) return
    const { number } = block.header
    const old = runtime.context
    if (old === null) {
      const { specName, specVersion } = runtime.version
      const message = `the metadata of ${specName} ${specVersion} cannot be read, so that nothing can be compared by name`
      this.#stop = { kind: 'incomplete', block: number, message }
      return
    }
    try {
      const before = await runPhases(old, parent.state, block)
      const after = await runPhases(this.#next, parent.state.with(this.#delta).seal(), block)
      this.#compare({ old, number }, before, after)
      this.#advance(before, after)
      this.#blocks++
      if (after.failure !== null) this.#stop = { kind: 'candidate', block: number, message: after.failure }
    } catch (error) {
      const missing = missingState(error)
      if (missing === null) throw error
      this.#stop = { kind: 'incomplete', block: number, message: missing }
    }
  }

  result(): CandidateReplay {
    const { specName, specVersion } = this.#next.version
    return {
      specName,
      specVersion,
      blocks: this.#blocks,
      differences: this.#differences,
      stop: this.#stop,
    }
  }

  #compare(
    at: { readonly old: RuntimeContext; readonly number: number },
    before: PhasedBlock,
    after: PhasedBlock,
  ): void {
    const nexts = phaseEffects(this.#next, after)
    const context = { old: at.old, next: this.#next, migrated: this.#migrated }
    for (const [i, old] of phaseEffects(at.old, before).entries()) {
      const next = nexts[i]
      if (next === undefined) return
      const difference = compareEffects(context, { block: at.number, old, next })
      if (difference !== null) this.#differences.push(difference)
    }
  }

  /** What the two states differ in after the block. */
  #advance(before: PhasedBlock, after: PhasedBlock): void {
    const written = [before.state, after.state].flatMap((state) => [...state.changes.keys()])
    const delta = new Map<StorageKey, Uint8Array | null>()
    for (const key of new Set([...this.#delta.keys(), ...written])) {
      const value = after.state.get(key)
      if (!isBookkeeping(key) && !isSameValue(value, before.state.get(key))) delta.set(key, value)
    }
    this.#delta = delta
  }
}
