import type { ChainHead } from '../harness/chain/block.ts'
import type { BuildResult } from '../harness/chain/blockBuilder.ts'
import { type BlockProof, proveBlock } from '../harness/chain/executeBlock.ts'
import type { Fork } from '../harness/chain/fork.ts'
import type { RuntimeContext } from '../harness/chain/runtimeContext.ts'
import type { Upgraded, UpgradeResult } from '../harness/chain/upgrade.ts'
import type { RuntimeBlob } from '../harness/runtime/blob/index.ts'

/** A block that the candidate built, and whether it proved. */
export interface RehearsedBlock {
  readonly number: number
  readonly parent: ChainHead
  readonly runtime: RuntimeContext
  readonly result: BuildResult
  /** Null when the block did not come about. */
  readonly proof: BlockProof | null
}

export interface RehearsalOptions {
  readonly fork: Fork
  readonly candidate: RuntimeBlob
  /** Blocks after the migration block. */
  readonly blockCount: number
  readonly signal: AbortSignal
  progress(message: string): void
}

/**
 * The upgrade of the chain and the blocks after it, run when first asked for and then shared: checks read it and do not
 * change it.
 */
export class Rehearsal {
  readonly #options: RehearsalOptions
  #upgrade: Promise<UpgradeResult> | null = null
  #blocks: Promise<readonly RehearsedBlock[]> | null = null

  constructor(options: RehearsalOptions) {
    this.#options = options
  }

  /** True once a check has asked for the upgrade. */
  get isStarted(): boolean {
    return this.#upgrade !== null
  }

  upgrade(): Promise<UpgradeResult> {
    this.#upgrade ??= this.#runUpgrade()
    return this.#upgrade
  }

  /**
   * The migration block and those after it, up to the first that did not come about. Empty when the upgrade did not get as
   * far as the migration block.
   */
  blocks(): Promise<readonly RehearsedBlock[]> {
    this.#blocks ??= this.#runBlocks()
    return this.#blocks
  }

  #runUpgrade(): Promise<UpgradeResult> {
    const { fork, candidate, progress } = this.#options
    progress(`upgrading block ${fork.head.number}: setting the code, then the first block of the candidate`)
    return fork.branch().upgrade(candidate)
  }

  async #runBlocks(): Promise<readonly RehearsedBlock[]> {
    const upgrade = await this.upgrade()
    if (upgrade.kind !== 'upgraded') return []
    const { fork, blockCount, progress, signal } = this.#options
    const chain = fork.at(upgrade.head)
    const runtime = await chain.context()
    const blocks = [await migrationBlock(upgrade, runtime)]
    for (let i = 0; i < blockCount; i++) {
      signal.throwIfAborted()
      const parent = chain.head
      progress(`block ${parent.number + 1} (${i + 1} of ${blockCount} after the upgrade)`)
      const current = await chain.context()
      const result = await chain.buildBlock()
      const proof = result.kind === 'built' ? await proveBlock(current, parent, result) : null
      blocks.push({ number: parent.number + 1, parent, runtime: current, result, proof })
      if (result.kind === 'failed') break
    }
    return blocks
  }
}

async function migrationBlock(upgrade: Upgraded, runtime: RuntimeContext): Promise<RehearsedBlock> {
  const { codeBlock, migrationBlock: result } = upgrade
  const parent = codeBlock.head
  const proof = await proveBlock(runtime, parent, result)
  return { number: result.head.number, parent, runtime, result, proof }
}
