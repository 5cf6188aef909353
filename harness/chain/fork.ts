import { DrydockError } from '../base/errors.ts'
import type { RuntimeBlob } from '../runtime/blob/index.ts'
import type { CallOptions, Executor, Outcome } from '../runtime/executor.ts'
import { ChainState } from '../state/chainState.ts'
import type { Changes } from '../state/stateView.ts'
import type { Store } from '../state/store/store.ts'
import { type ChainHead, createHead } from './block.ts'
import { type BuildBlockOptions, type BuildResult, buildBlock } from './build/blockBuilder.ts'
import { genesisHead } from './build/genesis.ts'
import type { Header } from './header.ts'
import { RuntimeCache } from './runtimeCache.ts'
import type { RuntimeContext } from './runtimeContext.ts'
import type { Answer } from './runtimeQuery.ts'
import { type UpgradeOptions, type UpgradeResult, upgradeChain } from './upgrade.ts'

export interface OpenForkOptions {
  /** The state at the fork's block. It stays the caller's to close, after every fork of it is done. */
  readonly store: Store
  /** Stays the caller's to close. */
  readonly executor: Executor
  /** Header of the block whose state `store` holds. Default: the store is a genesis state, and the header follows from it. */
  readonly header?: Header
  /** Of every runtime call. */
  readonly callOptions?: CallOptions
}

/** Something that a fork was made to believe, and that no block of it did. */
export interface Assumption {
  readonly kind: 'storage'
  /** The block whose state was changed. */
  readonly block: number
  /** In the words of who did it. */
  readonly reason: string
  readonly changes: Changes
}

/**
 * A chain at a block, to go on from by itself: builds blocks, answers runtime calls, gets upgraded. Branches share the
 * state below and cost next to nothing; what one does, no other sees.
 */
export class Fork {
  readonly catalog: RuntimeCache
  readonly #assumptions: Assumption[]
  #head: ChainHead

  private constructor(catalog: RuntimeCache, head: ChainHead, assumptions: readonly Assumption[]) {
    this.catalog = catalog
    this.#head = head
    this.#assumptions = [...assumptions]
  }

  /**
   * Opens a store as a chain of its own. Throws `FORK_NO_CODE` when the state has no runtime, `FORK_BAD_RUNTIME` when that
   * runtime cannot tell its version and metadata, and what `parseRuntimeBlob` throws.
   */
  static async open(options: OpenForkOptions): Promise<Fork> {
    const catalog = new RuntimeCache(options.executor, options.callOptions)
    const bare = ChainState.fromStore(options.store)
    const { stateVersion } = usable(await catalog.of(catalog.blobAt(bare), bare))
    const state = ChainState.fromStore(options.store, stateVersion)
    const { header } = options
    return new Fork(
      catalog,
      header === undefined ? genesisHead(state, stateVersion) : createHead(header, state),
      [],
    )
  }

  /** A fork at a head that is known already, such as a block of a live chain that was executed. */
  static start(catalog: RuntimeCache, head: ChainHead): Fork {
    return new Fork(catalog, head, [])
  }

  get head(): ChainHead {
    return this.#head
  }

  /** In order of time. */
  get assumptions(): readonly Assumption[] {
    return this.#assumptions
  }

  /** The runtime that executes the next block. Errors as `open`. */
  async context(): Promise<RuntimeContext> {
    const { state } = this.#head
    return usable(await this.catalog.of(this.catalog.blobAt(state), state))
  }

  /** The runtime that executes the next block, or why there is none. */
  async runtime(): Promise<Answer<RuntimeContext>> {
    return this.catalog.at(this.#head.state)
  }

  /** Builds the next block; when that succeeds, it is the new head. */
  async buildBlock(options: BuildBlockOptions = {}): Promise<BuildResult> {
    const runtime = await this.runtime()
    if (runtime.kind === 'failed') return { ...runtime, phase: { kind: 'authoring' }, phases: [] }
    const result = await buildBlock(runtime.value, this.#head, options)
    if (result.kind === 'built') this.#head = result.head
    return result
  }

  /** Runs an entry point of the head's runtime over the head's state. What it changes is in the outcome only. */
  async call(
    entryPoint: string,
    input: Uint8Array = new Uint8Array(),
    options: CallOptions = {},
  ): Promise<Outcome> {
    return this.catalog.executor.call({
      blob: this.catalog.blobAt(this.#head.state),
      entryPoint,
      input,
      state: this.#head.state,
      options: { ...this.catalog.callOptions, ...options },
    })
  }

  /** An independent fork at `head`, which may be of any fork of the same chain. */
  at(head: ChainHead): Fork {
    return new Fork(this.catalog, head, this.#assumptions)
  }

  /** An independent fork at the same block. */
  branch(): Fork {
    return this.at(this.#head)
  }

  /** Changes the head's state by hand. The head keeps its header, whose state root is no longer that of the state. */
  setStorage(changes: Changes, reason: string): void {
    const { number } = this.#head
    this.#assumptions.push({ kind: 'storage', block: number, reason, changes })
    this.#head = { ...this.#head, state: this.#head.state.with(changes).seal() }
  }

  /**
   * Upgrades in the chain's own order: the next block ends with `blob` as its code, the one after is the first that the
   * new runtime executes, and its `Core_initialize_block` runs the migrations. The head is the last block that could be built.
   */
  async upgrade(blob: RuntimeBlob, options: UpgradeOptions = {}): Promise<UpgradeResult> {
    const result = await upgradeChain(this.catalog, this.#head, { blob, ...options })
    this.#head = result.head
    return result
  }
}

function usable(answer: Awaited<ReturnType<RuntimeCache['at']>>): RuntimeContext {
  if (answer.kind === 'ok') return answer.value
  throw new DrydockError(`the runtime in the state cannot be used: ${answer.message}`, {
    code: 'FORK_BAD_RUNTIME',
    kind: 'inconclusive',
    hints: [
      'Without the runtime on chain there is no verdict. Check that `:code` is a whole runtime of a Substrate chain.',
    ],
    details: { entryPoint: answer.entryPoint },
  })
}
