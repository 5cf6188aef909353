import type { Invariant } from '../../../invariants/index.ts'
import { stake } from './stake.ts'
import { uids } from './uids.ts'
import { weights } from './weights.ts'

/** What holds on subtensor's chains beside what holds everywhere, in the order of the report. */
export const SUBTENSOR_INVARIANTS: readonly Invariant[] = [stake, uids, weights]
