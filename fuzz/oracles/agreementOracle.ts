import { compareOutcomes } from '../../harness/chain/index.ts'
import { outcomeText } from '../../harness/chain/outcomeText.ts'
import type { CallOptions, Executor } from '../../harness/runtime/executor.ts'
import type { FastChain, OpenBlock } from '../engine/fastChain.ts'
import type { Oracle, Suspicion } from './oracle.ts'

export interface AgreementOptions {
  /** The ordinary executor, which runs each call in an instance of its own. */
  readonly executor: Executor
  /** Another one for a second opinion; null: only other heap contents. */
  readonly second: Executor | null
  /** One block in so many is looked at. Default 40. */
  readonly every?: number
}

/** Any byte that is not zero: a sound runtime reads none of what it has not written. */
const OTHER_HEAP = 0xa5

/**
 * The beginning of a block, where hooks and epochs run, made again: with other bytes in the heap, and on another executor. Result and
 * changes have to be the same, or nodes part.
 */
export function createAgreementOracle({ executor, second, every = 40 }: AgreementOptions): Oracle {
  let blocks = 0
  return {
    id: 'agreement',
    afterOpen: async (block, chain) => {
      if (blocks++ % every !== 0) return null
      const plain = { freshInstance: true }
      const call = (other: Executor, options: CallOptions) => other.call(requestOf(block, chain, options))
      const left = await call(executor, plain)
      const filled = await call(executor, { heapFill: OTHER_HEAP })
      const label = 'Core_initialize_block'
      const state = block.parent.state
      const byHeap = compareOutcomes({ label, state }, { left, right: filled })
      if (!byHeap.agrees) {
        return disagreement(chain, {
          key: 'heap contents',
          keys: byHeap.changes.map(({ key }) => key),
          who: 'other bytes in the heap',
          what: outcomeText(filled),
        })
      }
      if (second === null) return null
      const right = await call(second, {})
      const bySecond = compareOutcomes({ label, state }, { left, right }, true)
      if (bySecond.agrees) return null
      return disagreement(chain, {
        key: `executor ${second.name}`,
        keys: bySecond.changes.map(({ key }) => key),
        who: `the executor ${second.name}`,
        what: outcomeText(right),
      })
    },
  }
}

function requestOf({ header, parent }: OpenBlock, { runtime }: FastChain, options: CallOptions) {
  return {
    blob: runtime.blob,
    entryPoint: 'Core_initialize_block',
    input: header,
    state: parent.state,
    options: { signatures: 'accept', maxLogLevel: 1, ...options },
  } as const
}

function disagreement(
  { runtime }: FastChain,
  { key, keys, who, what }: { key: string; keys: readonly string[]; who: string; what: string },
): Suspicion {
  const items = [...new Set(keys.map((one) => runtime.codec.itemOfKey(one)))].sort()
  return {
    oracle: 'agreement',
    key: `agreement ${key} ${items.join(' ')}`,
    severity: 'error',
    title: `A block begins otherwise with ${who}: ${items.length === 0 ? what : items.slice(0, 6).join(', ')}`,
    facts: { with: who, items: items.join(', ') },
    evidence: [],
  }
}
