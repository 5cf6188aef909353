import {
  type Block,
  decodeDigest,
  encodeHeader,
  outcomeText,
  type Phase,
  type PhaseName,
  phaseLabel,
  type RuntimeContext,
} from '../../harness/chain/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'

/** What the state root is said to be: no comparison needs it, and computing it needs more state. */
const NO_ROOT = new Uint8Array(32)

/** A block's calls one by one: initialize, each extrinsic of the body, finalize. */
export interface PhasedBlock {
  readonly phases: readonly Phase[]
  /** After the last phase that came back; sealed when the block was finished. */
  readonly state: ChainState
  /** Why the block was not finished; null when it was. An extrinsic that is refused or traps does not end it. */
  readonly failure: string | null
}

/**
 * Runs the body of a block over `parent` in the calls that an author makes, so that each extrinsic's part is told apart. The
 * header is the chain's, with what its author put into the digest before the block began. Signatures count as right: they
 * are over the version of the runtime that the chain had.
 */
export async function runPhases(
  runtime: RuntimeContext,
  parent: ChainState,
  block: Block,
): Promise<PhasedBlock> {
  const run = new PhaseRun(runtime, parent)
  const { header, extrinsics } = block
  const kinds = decodeDigest(header.digest)
  const digest = header.digest.filter((_, i) => kinds[i]?.kind === 'preRuntime')
  const begun = await run.call(
    { kind: 'initialize' },
    'Core_initialize_block',
    encodeHeader({ ...header, digest }),
  )
  if (begun !== null) return run.end(begun)
  for (const [index, extrinsic] of extrinsics.entries()) {
    await run.call({ kind: 'extrinsic', index, inherent: false }, 'BlockBuilder_apply_extrinsic', extrinsic)
  }
  return run.end(await run.call({ kind: 'finalize' }, 'BlockBuilder_finalize_block', new Uint8Array()))
}

class PhaseRun {
  readonly #runtime: RuntimeContext
  readonly #phases: Phase[] = []
  #state: ChainState

  constructor(runtime: RuntimeContext, parent: ChainState) {
    this.#runtime = runtime
    this.#state = parent
  }

  /** Why the call did not come back; null when it did. */
  async call(name: PhaseName, entryPoint: string, input: Uint8Array): Promise<string | null> {
    const { executor, blob, callOptions, codec } = this.#runtime
    const state = this.#state
    const options = { ...callOptions, signatures: 'accept', assumedStateRoot: NO_ROOT } as const
    const outcome = await executor.call({ blob, entryPoint, input, state, options })
    if (outcome.kind !== 'ok') {
      this.#phases.push({ name, entryPoint, input, state, outcome, kept: false })
      return `${phaseLabel(name)}: ${outcomeText(outcome)}`
    }
    const isExtrinsic = name.kind === 'extrinsic'
    const kept = !isExtrinsic || outcome.output[0] === 0
    const applyResult = isExtrinsic ? codec.decodeApplyResult(outcome.output) : null
    this.#phases.push({ name, entryPoint, input, state, outcome, kept, applyResult })
    if (kept) this.#state = state.with(outcome.changes, outcome.trie)
    return null
  }

  end(failure: string | null): PhasedBlock {
    return { phases: this.#phases, state: failure === null ? this.#state.seal() : this.#state, failure }
  }
}
