import { FUZZ_CHECKS } from '../../fuzz/checks/index.ts'
import type { ChainProfile } from '../../scenarios/check/chainProfile.ts'
import type { Check } from '../../scenarios/check/check.ts'
import { CHECKS, checksOf } from '../../scenarios/checks/index.ts'

/** The catalog with the bounded campaigns, which scenarios cannot know of. */
export const ALL_CHECKS: readonly Check[] = [...CHECKS, ...FUZZ_CHECKS]

/** Those of a chain of this profile. */
export function allChecksOf(profile: ChainProfile): readonly Check[] {
  return [...checksOf(profile), ...FUZZ_CHECKS]
}
