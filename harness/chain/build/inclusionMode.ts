import type { Outcome } from '../../runtime/executor.ts'

/**
 * True when `Core_initialize_block` answered `ExtrinsicInclusionMode::OnlyInherents`: the block takes no extrinsics of users, as while
 * migrations go on. Runtimes from before 2024 answer nothing.
 */
export function isInherentsOnly(initialize: Outcome | undefined): boolean {
  return initialize?.kind === 'ok' && initialize.output[0] === 1
}
