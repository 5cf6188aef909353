import type { Check } from '../check.ts'
import { blobFormat } from './blobFormat.ts'
import { blobIdentity } from './blobIdentity.ts'
import { blobImports } from './blobImports.ts'
import { blobSize } from './blobSize.ts'
import { blocksReexecute } from './blocksReexecute.ts'
import { blocksRun } from './blocksRun.ts'
import { blocksSweep } from './blocksSweep.ts'
import { blocksTime } from './blocksTime.ts'
import { governanceRehearsal } from './governanceRehearsal.ts'
import { upgradeApply } from './upgradeApply.ts'
import { upgradeCost } from './upgradeCost.ts'
import { upgradeDiff } from './upgradeDiff.ts'

/** Every check, in the order of the report: what the file says of itself, the upgrade, the blocks after it. */
export const CHECKS: readonly Check[] = [
  blobFormat,
  blobSize,
  blobImports,
  blobIdentity,
  upgradeApply,
  upgradeCost,
  upgradeDiff,
  blocksRun,
  blocksSweep,
  blocksReexecute,
  blocksTime,
  governanceRehearsal,
]
