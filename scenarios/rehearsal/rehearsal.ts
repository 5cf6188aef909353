import { type BlockProof, proveBlock } from '../../harness/chain/executeBlock.ts'
import type { Fork } from '../../harness/chain/fork.ts'
import type { Upgraded, UpgradeResult } from '../../harness/chain/upgrade.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { BlockSequence, type SequenceBlock } from './blockSequence.ts'

/** A block that the candidate built, and whether it proved. */
export interface RehearsedBlock extends SequenceBlock {
  /** Null when the block did not come about. */
  readonly proof: BlockProof | null
}

/** What checks see of a rehearsal. */
export type SharedRehearsal = Pick<
  Rehearsal,
  'upgrade' | 'blocks' | 'sequence' | 'control' | 'once' | 'blockCount'
>

export interface RehearsalOptions {
  readonly fork: Fork
  readonly candidate: RuntimeBlob
  /** Blocks after the migration block. */
  readonly blockCount: number
  readonly signal: AbortSignal
  progress(message: string): void
}

/**
 * The upgrade of the chain, the blocks after it, and the same blocks without the upgrade, each run when first asked for and
 * then shared: checks read it and do not change it.
 */
export class Rehearsal {
  readonly #options: RehearsalOptions
  readonly #steps = new Map<string, Promise<unknown>>()

  constructor(options: RehearsalOptions) {
    this.#options = options
  }

  /** Blocks after the migration block that the user asked for. */
  get blockCount(): number {
    return this.#options.blockCount
  }

  /** True once a check has asked for the upgrade. */
  get isStarted(): boolean {
    return this.#steps.has('upgrade')
  }

  /**
   * Runs `make` when a step of this name is first asked for; everybody gets the same result. For what several checks look
   * at and this class does not know.
   */
  once<T>(step: string, make: () => Promise<T>): Promise<T> {
    const known = this.#steps.get(step) ?? make()
    this.#steps.set(step, known)
    // SAFETY: one name is only ever used with one `make`.
    return known as Promise<T>
  }

  upgrade(): Promise<UpgradeResult> {
    return this.once('upgrade', () => {
      const { fork, candidate, progress } = this.#options
      progress(`upgrading block ${fork.head.number}: setting the code, then the first block of the candidate`)
      return fork.branch().upgrade(candidate)
    })
  }

  /**
   * The migration block and those after it, up to the first that did not come about. Empty when the upgrade did not get as
   * far as the migration block.
   */
  blocks(): Promise<readonly RehearsedBlock[]> {
    return this.once('blocks', async () => {
      const sequence = await this.sequence()
      if (sequence === null) return []
      const { blockCount, signal } = this.#options
      const blocks: RehearsedBlock[] = []
      for (const block of await sequence.first(blockCount + 1, signal)) {
        signal.throwIfAborted()
        const { runtime, parent, result } = block
        const proof = result.kind === 'built' ? await proveBlock(runtime, parent, result) : null
        blocks.push({ ...block, proof })
      }
      return blocks
    })
  }

  /** Blocks under the candidate, from the migration block on, as many as one asks for; null when there is none. */
  sequence(): Promise<BlockSequence | null> {
    return this.once('sequence', async () => {
      const upgrade = await this.upgrade()
      if (upgrade.kind !== 'upgraded') return null
      const { fork, progress } = this.#options
      const chain = fork.at(upgrade.head)
      const first = { ...migrationBlock(upgrade), runtime: await chain.context() }
      return new BlockSequence(chain, [first], (number) => progress(`block ${number} under the candidate`))
    })
  }

  /** What the chain would do without the upgrade: blocks under the runtime on chain, from the one after the fork's head on. */
  control(): Promise<BlockSequence> {
    return this.once('control', async () => {
      const { fork, progress } = this.#options
      return new BlockSequence(fork.branch(), [], (number) => progress(`block ${number} without the upgrade`))
    })
  }
}

function migrationBlock({ codeBlock, migrationBlock: result }: Upgraded): Omit<SequenceBlock, 'runtime'> {
  return { number: result.head.number, parent: codeBlock.head, result }
}
