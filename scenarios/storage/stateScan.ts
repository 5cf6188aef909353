import { type ChainCodec, createStorageInspector, type StorageInspector } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import type { RunContext } from '../check/runContext.ts'
import { defineNeed, defineStep } from '../check/step.ts'
import { NOT_UPGRADED } from '../rehearsal/rehearsal.ts'
import { stateWithout } from '../rehearsal/withoutUpgrade.ts'
import { type ItemProblem, ProblemCounter } from './itemProblems.ts'
import { type KeyGroup, KeyGroups } from './keyGroups.ts'
import { settledChain } from './settledChain.ts'
import { visitEntries } from './visitEntries.ts'

/** What one pass over every key of the settled state, with the candidate's metadata, has found. */
export interface StateScan {
  readonly keys: number
  /** Height of the block whose state it is. */
  readonly block: number
  readonly codec: ChainCodec
  /** Keys and values that do not fit the item whose prefix they have. */
  readonly problems: readonly ItemProblem[]
  /** Keys under no prefix of the candidate, by the item that the runtime on chain has there. */
  readonly orphans: readonly KeyGroup[]
  /** Keys that neither of the two runtimes knows; well-known ones and child tries are not among them. */
  readonly unknown: readonly KeyGroup[]
}

const PROGRESS_KEYS = 262_144

/** The pass over the state once migrations are done; null when the upgrade failed. */
const scanStep = defineStep('the pass over the state', async (run): Promise<StateScan | null> => {
  const settled = await run.get(settledChain)
  if (settled === null) return null
  const { head, runtime } = settled
  const pass = new ScanPass(run, runtime.codec, await stateWithout(run, head.number))
  const { signal, progress } = run
  const onSlice = (keys: number) => {
    if (keys > 0 && keys % PROGRESS_KEYS === 0) progress(`${keys} keys of the state looked at`)
  }
  const keys = await visitEntries(head.state, (key, value) => pass.visit(key, value), { signal, onSlice })
  return { keys, block: head.number, codec: runtime.codec, ...pass.found() }
})

/** The pass over the state, for checks that look at what it found. */
export const scannedState = defineNeed<StateScan>('the pass over the state', async (run) => {
  const scan = await run.get(scanStep)
  return scan === null ? NOT_UPGRADED : { kind: 'there', value: scan }
})

class ScanPass {
  readonly #newer: StorageInspector
  readonly #older: StorageInspector
  readonly #problems: ProblemCounter
  readonly #orphans: KeyGroups
  readonly #unknown: KeyGroups
  readonly #codec: ChainCodec
  readonly #before: ChainState

  constructor({ current, fork }: RunContext, codec: ChainCodec, without: ChainState) {
    this.#newer = createStorageInspector(codec.metadata)
    this.#older = createStorageInspector(current.codec.metadata)
    this.#codec = codec
    this.#before = fork.head.state
    this.#problems = new ProblemCounter({
      before: this.#before,
      without,
      older: this.#older,
      codec: current.codec,
    })
    this.#orphans = new KeyGroups()
    this.#unknown = new KeyGroups()
  }

  visit(key: StorageKey, value: Uint8Array): void {
    const item = this.#newer.find(key)
    if (item === null) {
      this.#visitUnknown(key, value)
    } else if (!item.isKey(key)) {
      this.#problems.add(item, { kind: 'malformedKey', key, value })
    } else {
      const left = item.bytesLeft(value)
      if (left !== 0)
        this.#problems.add(item, { kind: left > 0 ? 'trailingBytes' : 'undecodable', key, value })
    }
  }

  found(): Pick<StateScan, 'problems' | 'orphans' | 'unknown'> {
    return {
      problems: this.#problems.all(),
      orphans: this.#orphans.all(),
      unknown: this.#unknown.all(),
    }
  }

  #visitUnknown(key: StorageKey, value: Uint8Array): void {
    const old = this.#older.find(key)
    const isNew = this.#before.get(key) === null
    if (old !== null) {
      this.#orphans.add({ pallet: old.pallet, item: old.item }, { key, value, isNew })
    } else if (this.#codec.describeKey(key) === null) {
      const [pallet = '', item = ''] = this.#codec.itemOfKey(key).split('.')
      this.#unknown.add({ pallet, item }, { key, value, isNew })
    }
  }
}
