import { binaryToHex } from '../../harness/base/bytes.ts'
import type { ChainHead } from '../../harness/chain/block.ts'
import { compareChanges } from '../../harness/chain/compareChanges.ts'
import { plainKey } from '../../harness/chain/plainKey.ts'
import type { Changes } from '../../harness/state/stateView.ts'

/** What follows from the parent's hash, and so from state roots, which Chopsticks does not compute. */
const ROOT_DEPENDENT = [
  plainKey('System', 'ParentHash'),
  plainKey('System', 'BlockHash'),
  plainKey('RandomnessCollectiveFlip', 'RandomMaterial'),
  plainKey('Randomness', 'RandomMaterial'),
]

/** Throws unless Chopsticks' block left the state that ours left, so that times are of the same work. */
export function assertSameBlock(
  ours: ChainHead,
  theirs: { readonly number: number; readonly changes: Changes },
): void {
  if (ours.number !== theirs.number) {
    throw new Error(`Chopsticks built block ${theirs.number}, and we built ${ours.number}`)
  }
  const { state } = ours
  const parent = state.parent ?? state
  const differences = compareChanges(parent, state.changes, theirs.changes).filter(
    ({ key }) => !ROOT_DEPENDENT.some((prefix) => key.startsWith(prefix)),
  )
  const first = differences[0]
  if (first === undefined) return
  const where = binaryToHex(first.key)
  throw new Error(
    `block ${ours.number} of Chopsticks is not ours: ${differences.length} keys differ, the first is ${where}`,
  )
}
