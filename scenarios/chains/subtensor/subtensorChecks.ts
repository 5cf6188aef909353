import type { Check } from '../../check/check.ts'
import { toCheck } from '../../invariants/index.ts'
import { SUBTENSOR_INVARIANTS } from './invariants/index.ts'

/** Checks of subtensor's chains alone. */
export const SUBTENSOR_CHECKS: readonly Check[] = SUBTENSOR_INVARIANTS.map(toCheck)
