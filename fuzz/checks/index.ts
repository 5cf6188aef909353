import type { Check } from '../../scenarios/check/check.ts'
import { fuzzExtrinsics } from './fuzzExtrinsics.ts'
import { fuzzOrigins } from './fuzzOrigins.ts'

/** Bounded campaigns as checks; whoever runs checks adds them to the catalog. */
export const FUZZ_CHECKS: readonly Check[] = [fuzzExtrinsics, fuzzOrigins]
