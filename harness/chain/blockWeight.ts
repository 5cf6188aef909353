import type { BlockWeights, ChainCodec, ClassWeights, DispatchClass, Weight } from '../codec/index.ts'
import type { StateView } from '../state/stateView.ts'
import { plainKey } from './plainKey.ts'

/** What a block has used by the runtime's own count, against the runtime's limits. */
export interface BlockWeight {
  readonly classes: ClassWeights
  readonly total: Weight
  /** Null for runtimes from before 2021. */
  readonly limits: BlockWeights | null
  /** Classes whose use passes their own total limit, or all of them when the sum passes the block's; mandatory may. */
  readonly exceeded: readonly DispatchClass[]
}

const CLASSES: readonly DispatchClass[] = ['normal', 'operational', 'mandatory']

/** `System.BlockWeight` in a state: of the block in the making, or the last one. Null when the runtime keeps none that is known. */
export function blockWeight(codec: ChainCodec, state: StateView): BlockWeight | null {
  const stored = state.get(plainKey('System', 'BlockWeight'))
  const classes = stored === null ? null : codec.decodeBlockWeight(stored)
  if (classes === null) return null
  const total = CLASSES.map((name) => classes[name]).reduce(addWeights)
  const limits = codec.blockWeights()
  return { classes, total, limits, exceeded: limits === null ? [] : exceededClasses(classes, total, limits) }
}

function exceededClasses(
  classes: ClassWeights,
  total: Weight,
  limits: BlockWeights,
): readonly DispatchClass[] {
  const isFull = isAbove(total, limits.maxBlock)
  return CLASSES.filter((name) => {
    const limit = limits.perClass[name].maxTotal
    return limit === null ? isFull : isAbove(classes[name], limit)
  })
}

function addWeights(a: Weight, b: Weight): Weight {
  return { refTime: a.refTime + b.refTime, proofSize: a.proofSize + b.proofSize }
}

function isAbove(weight: Weight, limit: Weight): boolean {
  return weight.refTime > limit.refTime || weight.proofSize > limit.proofSize
}
