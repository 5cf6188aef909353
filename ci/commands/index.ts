import type { AddCommand } from '../cli/command.ts'
import { addCheck } from './check/checkOptions.ts'
import { addDemo } from './demo/demoOptions.ts'
import { addFuzz } from './fuzz/fuzzOptions.ts'
import { addFuzzConsensus } from './fuzzConsensus/fuzzConsensusOptions.ts'
import { addInspect } from './inspect/inspectOptions.ts'
import { addProve } from './prove/proveOptions.ts'
import { addReplay } from './replay/replayOptions.ts'
import { addReport } from './report/reportOptions.ts'
import { addSnapshot } from './snapshot/snapshotOptions.ts'

/** Every command, in the order of the help. */
export const COMMANDS: readonly AddCommand[] = [
  addCheck,
  addFuzz,
  addFuzzConsensus,
  addProve,
  addReplay,
  addReport,
  addInspect,
  addSnapshot,
  addDemo,
]
