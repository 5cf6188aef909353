import type { ChainHead } from '../../harness/chain/block.ts'
import { isInherentsOnly } from '../../harness/chain/build/inclusionMode.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { RunContext } from '../check/runContext.ts'
import { defineNeed, defineStep } from '../check/step.ts'
import type { BlockSequence, SequenceBlock } from '../rehearsal/blockSequence.ts'
import { candidateBlocks, controlBlocks, NOT_UPGRADED, upgradeStep } from '../rehearsal/rehearsal.ts'
import { type BackfillInput, findBackfillInput } from './backfillInput.ts'
import { BackfillTracker, type Hook } from './backfillTracker.ts'
import { type MigrationCursor, migrationCursors } from './migrationCursors.ts'

/** How the chain came to rest after the upgrade. */
export interface Settling {
  /**
   * `settled`: no migration is under way any more. `unsettled`: some still is after `limits.settleBlocks`
   * blocks, or after `limits.settleMostBlocks` while it gets further. `stopped`: a
   * block could not be built before that; without blocks, the upgrade failed.
   */
  readonly kind: 'settled' | 'unsettled' | 'stopped'
  /** From the migration block on; of a chain that stopped, the last is the failed one. */
  readonly blocks: readonly SequenceBlock[]
  /** After the last block that could be built. */
  readonly head: ChainHead
  /** The runtime that executes the block after `head`. */
  readonly runtime: RuntimeContext
  /** One for each block that could be built. */
  readonly steps: readonly SettleStep[]
  /** What is still under way at `head`. */
  readonly backfills: readonly RunningBackfill[]
}

/** What a block did for migrations. */
export interface SettleStep {
  readonly block: number
  /** After the block. */
  readonly cursors: readonly MigrationCursor[]
  /** Items of backfills without a cursor that moved in the block. */
  readonly moved: readonly string[]
  /** The runtime took no extrinsics but inherents. */
  readonly inherentsOnly: boolean
}

/** A backfill without a cursor: an item of which each block reaches other rows. */
export interface RunningBackfill {
  /** `Pallet.Item`. */
  readonly item: string
  /** Rows that the blocks after the migration block reached. */
  readonly rows: number
  /** Blocks in which it moved. */
  readonly blocks: number
  readonly source: BackfillInput
}

/** Blocks that have to pass without a migration moving. */
const QUIET_BLOCKS = 4
/** A front moved in at least so many of the last `QUIET_BLOCKS`: once is chance. */
const MOVES = 2

/**
 * Runs the chain on after the upgrade until its migrations are done: until no cursor stands in the state, and no item of which
 * each block reaches further rows (`FrontTracker`), which the runtime on chain does not do at the same heights. Once for all
 * checks.
 */
export const settlingStep = defineStep('the end of the migrations', (run) => new Settlement(run).run())

/** How the chain came to rest, for checks that look at migrations as a whole. There is at least the migration block. */
export const migrationsEnd = defineNeed<Settling>('the end of the migrations', async (run) => {
  const settling = await run.get(settlingStep)
  return settling.blocks.length === 0 ? NOT_UPGRADED : { kind: 'there', value: settling }
})

function placeOf({ item, text }: MigrationCursor): string {
  return `${item} ${text}`
}

class Settlement {
  readonly #context: RunContext
  readonly #tracked = new BackfillTracker()
  readonly #usual = new BackfillTracker()
  readonly #sources = new Map<string, BackfillInput | null>()
  readonly #steps: SettleStep[] = []
  readonly #rows = new Map<string, { rows: number; blocks: number }>()

  constructor(context: RunContext) {
    this.#context = context
  }

  async run(): Promise<Settling> {
    const { current, limits } = this.#context
    const sequence = await this.#context.get(candidateBlocks)
    if (sequence === null) {
      const { head } = await this.#context.get(upgradeStep)
      return { kind: 'stopped', blocks: [], head, runtime: current, steps: [], backfills: [] }
    }
    const control = await this.#context.get(controlBlocks)
    let blocks: readonly SequenceBlock[] = []
    for (let count = 1; count <= limits.settleBlocks + 1 || this.#isOnItsWay(count); count++) {
      blocks = await sequence.first(count)
      const last = blocks.at(-1)
      if (last === undefined || last.result.kind === 'failed') return this.#end('stopped', blocks)
      await this.#look(last, control)
      if (count > QUIET_BLOCKS && this.#isQuiet()) return this.#end('settled', blocks)
    }
    return this.#end(this.#isQuiet() ? 'settled' : 'unsettled', blocks)
  }

  /** Past the usual blocks, for as long as the migrations get further. */
  #isOnItsWay(count: number): boolean {
    if (count > this.#context.limits.settleMostBlocks + 1 || this.#isQuiet()) return false
    const last = this.#steps.slice(-QUIET_BLOCKS)
    const before = new Set(this.#steps.slice(0, -QUIET_BLOCKS).flatMap(({ cursors }) => cursors.map(placeOf)))
    // A cursor that comes back to a place goes round.
    const hasNewPlace = last.some(({ cursors }) =>
      cursors.some((cursor) => !cursor.isStuck && !before.has(placeOf(cursor))),
    )
    return hasNewPlace || last.some(({ moved }) => moved.length > 0)
  }

  #end(kind: Settling['kind'], blocks: readonly SequenceBlock[]): Settling {
    const last = blocks.at(-1)
    if (last === undefined) throw new Error('a rehearsal that was upgraded has no block')
    const head = last.result.kind === 'built' ? last.result.head : last.parent
    const backfills = kind === 'settled' ? [] : this.#runningBackfills()
    return { kind, blocks, head, runtime: last.runtime, steps: this.#steps, backfills }
  }

  async #look(block: SequenceBlock, control: BlockSequence): Promise<void> {
    const { fork } = this.#context
    if (block.result.kind === 'failed') return
    const isFirst = this.#steps.length === 0
    if (isFirst) this.#tracked.start(block)
    else this.#tracked.add(block, this.#hooksOf(block))
    await this.#lookAtUsual(block.number, control, isFirst)
    const { codec } = block.runtime
    this.#steps.push({
      block: block.number,
      cursors: migrationCursors(codec, block.result.head.state, fork.head.state),
      moved: this.#count(block),
      inherentsOnly: isInherentsOnly(block.result.phases[0]?.outcome),
    })
  }

  async #lookAtUsual(number: number, control: BlockSequence, isFirst: boolean): Promise<void> {
    const { fork } = this.#context
    const usual = (await control.first(number - fork.head.number)).at(-1)
    if (usual?.number !== number) return
    if (isFirst) this.#usual.start(usual)
    else this.#usual.add(usual, ['initialize', 'finalize'])
  }

  /** Where a chain's profile says that periodic work is due, what on_initialize reaches is that work's. */
  #hooksOf({ number, parent, runtime }: SequenceBlock): readonly Hook[] {
    const due = this.#context.profile.dueEpochs?.(runtime.codec, parent.state, number - 1) ?? []
    return due.some(({ block }) => block === number) ? ['finalize'] : ['initialize', 'finalize']
  }

  /** The items of backfills that moved in the block, which are counted. */
  #count(block: SequenceBlock): readonly string[] {
    const moved: string[] = []
    for (const [item, keys] of this.#tracked.movesOf(block.number)) {
      const known = this.#rows.get(item) ?? { rows: 0, blocks: 0 }
      this.#rows.set(item, { rows: known.rows + keys.length, blocks: known.blocks + 1 })
      if (this.#isBackfill(item, block)) moved.push(item)
    }
    return moved
  }

  /** Told once for an item, when it has moved in two blocks close to each other. */
  #isBackfill(item: string, block: SequenceBlock): boolean {
    const numbers = Array.from({ length: QUIET_BLOCKS }, (_, back) => block.number - back)
    const moves = numbers.flatMap((number) => [...(this.#tracked.movesOf(number).get(item) ?? [])])
    const moving = numbers.filter((number) => this.#tracked.movesOf(number).has(item)).length
    const usual = numbers.filter((number) => this.#usual.movesOf(number).has(item)).length
    if (moving - usual < MOVES) return false
    const known = this.#sources.get(item)
    if (known !== undefined) return known !== null
    const { fork } = this.#context
    const source = findBackfillInput({
      codec: block.runtime.codec,
      before: fork.head.state,
      item,
      keys: moves.reverse(),
    })
    this.#sources.set(item, source)
    return source !== null
  }

  #isQuiet(): boolean {
    const last = this.#steps.slice(-QUIET_BLOCKS)
    return last.at(-1)?.cursors.length === 0 && last.every(({ moved }) => moved.length === 0)
  }

  #runningBackfills(): readonly RunningBackfill[] {
    const moved = new Set(this.#steps.slice(-QUIET_BLOCKS).flatMap((step) => step.moved))
    return [...moved].flatMap((item) => {
      const source = this.#sources.get(item) ?? null
      const counted = this.#rows.get(item) ?? { rows: 0, blocks: 0 }
      return source === null ? [] : [{ item, ...counted, source }]
    })
  }
}
