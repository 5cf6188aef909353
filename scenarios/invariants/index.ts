/** What holds in every block, and how to say so: built-in invariants, and what a user's own are written with. */

import { accounts } from './accounts.ts'
import type { Invariant } from './invariant.ts'
import { issuance } from './issuance.ts'

export { defineInvariant, type Invariant, type Violation } from './invariant.ts'
export { fieldAt, integerAt, type StateEntry, type StateReader } from './stateReader.ts'
export { toCheck } from './toCheck.ts'

/** Those that hold on every chain, in the order of the report; a chain's own stand with its profile. */
export const INVARIANTS: readonly Invariant[] = [issuance, accounts]
