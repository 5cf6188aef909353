import type { ChainHead } from '../../harness/chain/block.ts'
import type { BuildResult } from '../../harness/chain/build/blockBuilder.ts'
import type { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'

/** A block of a rehearsal, built or not. */
export interface SequenceBlock {
  readonly number: number
  readonly parent: ChainHead
  readonly runtime: RuntimeContext
  readonly result: BuildResult
}

export interface BlockSequenceOptions {
  /** Of the run: once it is aborted, no more blocks are built. */
  readonly signal?: AbortSignal
  /** Told the number of each block before it is built. */
  onBlock?(number: number): void
}

/**
 * Blocks without extrinsics, one after the other, built when somebody first asks for them and kept: checks that look at the
 * same stretch of the chain share it. It ends with the first block that cannot be built.
 */
export class BlockSequence {
  readonly #fork: Fork
  readonly #blocks: SequenceBlock[]
  readonly #options: BlockSequenceOptions
  #tail: Promise<unknown> = Promise.resolve()

  /** Goes on from the head of `fork`, which nobody else may move; `first` are blocks that led there. */
  constructor(fork: Fork, first: readonly SequenceBlock[], options: BlockSequenceOptions = {}) {
    this.#fork = fork
    this.#blocks = [...first]
    this.#options = options
  }

  /**
   * The first `count` blocks, or fewer when the chain stops before; the last one is then a failed one. Rejects when `signal`, the
   * asker's own, or the sequence's is aborted; blocks that are built by then are kept.
   */
  first(count: number, signal?: AbortSignal): Promise<readonly SequenceBlock[]> {
    const result = this.#tail.then(() => this.#extend(count, signal))
    this.#tail = result.catch(() => undefined)
    return result
  }

  async #extend(count: number, signal?: AbortSignal): Promise<readonly SequenceBlock[]> {
    while (this.#blocks.length < count && this.#blocks.at(-1)?.result.kind !== 'failed') {
      signal?.throwIfAborted()
      this.#options.signal?.throwIfAborted()
      const parent = this.#fork.head
      this.#options.onBlock?.(parent.number + 1)
      const next = await this.#fork.runtime()
      const result = await this.#fork.buildBlock()
      // A block that cannot be built because nothing in `:code` runs is told in the words of the runtime before.
      const runtime = next.kind === 'ok' ? next.value : this.#blocks.at(-1)?.runtime
      if (runtime === undefined) throw new Error(`the chain has no runtime to start from`)
      this.#blocks.push({ number: parent.number + 1, parent, runtime, result })
    }
    return this.#blocks.slice(0, count)
  }
}
