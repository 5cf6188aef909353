import { toSafeText } from '../../../harness/base/safeText.ts'
import { parseRuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import { ChainState } from '../../../harness/state/chainState.ts'
import { createPackedStore } from '../../../harness/state/store/packedStore.ts'
import { renderInspection, renderJson } from '../../../reports/index.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import { type CliIo, layoutWidth, wantsColor } from '../../cli/io.ts'
import { inspectRuntime } from '../../inputs/inspectRuntime.ts'
import { readRuntime } from '../../inputs/readRuntime.ts'
import { withExecutor } from '../../inputs/withExecutor.ts'

export interface InspectCommandOptions {
  readonly runtimePath: string
  readonly isJson: boolean
}

/** A runtime answers version and metadata in well under a second; one that does not is not going to. */
const DEADLINE_MS = 30_000

/** `drydock inspect`: prints what a runtime file is. Throws `DrydockError` for a file that is not a runtime. */
export async function inspectCommand(options: InspectCommandOptions, io: CliIo): Promise<ExitCode> {
  const source = options.runtimePath
  const blob = parseRuntimeBlob(await readRuntime(source))
  io.stderr.write(`asking ${toSafeText(source)} for its version and metadata\n`)
  const store = createPackedStore([])
  try {
    const state = ChainState.fromStore(store)
    const inspection = await withExecutor({ deadlineMs: DEADLINE_MS, signal: io.signal }, (executor) =>
      inspectRuntime({ source, blob, executor, state, deadlineMs: DEADLINE_MS }),
    )
    const layout = { width: layoutWidth(io.stdout), isColored: wantsColor(io.stdout, io.env) }
    io.stdout.write(options.isJson ? renderJson(inspection) : renderInspection(inspection, layout))
    return EXIT_CODE.ready
  } finally {
    store.close()
  }
}
