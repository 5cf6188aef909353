import { CHAIN_CHECKS, checksOfChain } from '../chains/index.ts'
import type { ChainProfile } from '../check/chainProfile.ts'
import type { Check } from '../check/check.ts'
import { INVARIANTS, toCheck } from '../invariants/index.ts'
import { blobFormat } from './blobFormat.ts'
import { blobIdentity } from './blobIdentity.ts'
import { blobImports } from './blobImports.ts'
import { blobSize } from './blobSize.ts'
import { blocksReexecute } from './blocksReexecute.ts'
import { blocksRun } from './blocksRun.ts'
import { blocksSweep } from './blocksSweep.ts'
import { blocksTime } from './blocksTime.ts'
import { callsStored } from './callsStored.ts'
import { differenceApis } from './differenceApis.ts'
import { differenceHorizon } from './differenceHorizon.ts'
import { differencePopulation } from './differencePopulation.ts'
import { differenceState } from './differenceState.ts'
import { differenceTraffic } from './differenceTraffic.ts'
import { governanceRehearsal } from './governanceRehearsal.ts'
import { metadataDiff } from './metadataDiff.ts'
import { storageDecode } from './storageDecode.ts'
import { storageOrphans } from './storageOrphans.ts'
import { storageTypes } from './storageTypes.ts'
import { upgradeApply } from './upgradeApply.ts'
import { upgradeCost } from './upgradeCost.ts'
import { upgradeDiff } from './upgradeDiff.ts'
import { upgradeIdempotent } from './upgradeIdempotent.ts'
import { upgradeInventory } from './upgradeInventory.ts'
import { upgradeSettle } from './upgradeSettle.ts'
import { upgradeSteering } from './upgradeSteering.ts'
import { upgradeTryRuntime } from './upgradeTryRuntime.ts'
import { upgradeWayOut } from './upgradeWayOut.ts'

/**
 * Every check, in the order of the report: what the file says of itself, the upgrade, the blocks after it. Those of some chains
 * alone are among them.
 */
export const CHECKS: readonly Check[] = [
  blobFormat,
  blobSize,
  blobImports,
  blobIdentity,
  metadataDiff,
  storageTypes,
  callsStored,
  upgradeApply,
  upgradeCost,
  upgradeSettle,
  upgradeInventory,
  upgradeIdempotent,
  upgradeDiff,
  upgradeSteering,
  upgradeTryRuntime,
  upgradeWayOut,
  storageDecode,
  storageOrphans,
  blocksRun,
  blocksSweep,
  blocksReexecute,
  blocksTime,
  differenceState,
  differenceApis,
  differenceTraffic,
  differencePopulation,
  differenceHorizon,
  ...INVARIANTS.map(toCheck),
  ...CHAIN_CHECKS,
  governanceRehearsal,
]

/** The checks that a chain of this profile has, in the order of the report. */
export function checksOf(profile: ChainProfile): readonly Check[] {
  const own = checksOfChain(profile)
  return CHECKS.filter((check) => !CHAIN_CHECKS.includes(check) || own.includes(check))
}
