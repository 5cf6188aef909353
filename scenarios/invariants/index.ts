/** What holds in every block, and how to say so: built-in invariants, and what a user's own are written with. */

import { stake } from '../chains/subtensor/invariants/stake.ts'
import { uids } from '../chains/subtensor/invariants/uids.ts'
import { weights } from '../chains/subtensor/invariants/weights.ts'
import { accounts } from './accounts.ts'
import type { Invariant } from './invariant.ts'
import { issuance } from './issuance.ts'

export { defineInvariant, type Invariant, type Violation } from './invariant.ts'
export { fieldAt, integerAt, type StateEntry, type StateReader } from './stateReader.ts'
export { toCheck } from './toCheck.ts'

/** Those that come with Drydock, in the order of the report. */
export const INVARIANTS: readonly Invariant[] = [issuance, stake, uids, weights, accounts]
