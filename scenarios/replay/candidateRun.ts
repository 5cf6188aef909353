import { DrydockError } from '../../harness/base/errors.ts'
import {
  type Block,
  type ChainHead,
  CODE_KEY,
  type RuntimeCache,
  type RuntimeContext,
} from '../../harness/chain/index.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import { type BlockDifference, compareEffects } from './blockDifference.ts'
import { missingState } from './missingState.ts'
import { type PhasedBlock, runPhases } from './phasedBlock.ts'
import { type PhaseEffects, phaseEffects } from './phaseEffects.ts'
import type { CandidateReplay, ReplayStop } from './replayReport.ts'

/**
 * A candidate beside the chain's own runtime: it gets the same bodies, over a state in which it was installed before the first
 * block, and goes on from its own state. Its migrations run in the first block, as on a chain.
 */
export class CandidateRun {
  readonly #next: RuntimeContext
  readonly #differences: BlockDifference[] = []
  readonly #migrated = new Set<StorageKey>()
  #state: ChainState
  #blocks = 0
  #stop: ReplayStop | null = null

  private constructor(next: RuntimeContext, state: ChainState) {
    this.#next = next
    this.#state = state
  }

  /** Throws `REPLAY_CANDIDATE` when the candidate cannot be asked for its metadata. */
  static async start(catalog: RuntimeCache, blob: RuntimeBlob, parent: ChainHead): Promise<CandidateRun> {
    const answer = await catalog.of(blob, parent.state)
    if (answer.kind === 'failed') {
      throw new DrydockError(`the candidate cannot be used: ${answer.message}`, {
        code: 'REPLAY_CANDIDATE',
        kind: 'usage',
        hints: ['Check that the file is a whole runtime: drydock inspect.'],
      })
    }
    const installed = parent.state.with(new Map([[CODE_KEY, blob.submitted]])).seal()
    return new CandidateRun(answer.value, installed)
  }

  /** Runs one block under both runtimes; does nothing once the candidate has stopped. */
  async follow(old: RuntimeContext, parent: ChainHead, block: Block): Promise<void> {
    if (this.#stop !== null) return
    const { number } = block.header
    try {
      const [before, after] = await Promise.all([
        runPhases(old, parent.state, block),
        runPhases(this.#next, this.#state, block),
      ])
      this.#compare({ old, number }, before, after)
      this.#state = after.state
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
  ) {
    const olds = phaseEffects(at.old, before)
    const nexts = phaseEffects(this.#next, after)
    if (this.#blocks === 0) this.#noteMigrated(olds[0], nexts[0])
    const context = { old: at.old, next: this.#next, migrated: this.#migrated }
    for (const [i, old] of olds.entries()) {
      const next = nexts[i]
      if (next === undefined) return
      const difference = compareEffects(context, { block: at.number, old, next })
      if (difference !== null) this.#differences.push(difference)
    }
  }

  /** Initialize runs the migrations first: what it changed and the old runtime did not is theirs. */
  #noteMigrated(old: PhaseEffects | undefined, next: PhaseEffects | undefined): void {
    for (const key of next?.writes.keys() ?? []) if (old?.writes.has(key) !== true) this.#migrated.add(key)
  }
}
