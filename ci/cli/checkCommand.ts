import type { Clock, Logger } from '../../harness/base/ports.ts'
import { Fork } from '../../harness/chain/fork.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { CallOptions, Executor } from '../../harness/runtime/executor.ts'
import type { StateVersion } from '../../harness/state/chainState.ts'
import { type CheckReport, checksToVerdict, renderJson, renderTerminal } from '../../reports/index.ts'
import { type ForkSource, openForkSource } from '../check/openForkSource.ts'
import { readRuntime } from '../check/readRuntime.ts'
import { createReportInputs } from '../check/reportInputs.ts'
import { type ExitCode, verdictToExitCode } from './exitCode.ts'
import { type CliIo, layoutWidth, wantsColor } from './io.ts'
import { readPackageInfo } from './packageInfo.ts'
import { toCommandLine } from './reproduceCommand.ts'
import { createStreamLogger } from './streamLogger.ts'
import { withExecutor } from './withExecutor.ts'

export interface CheckCommandOptions {
  readonly forkPath: string
  readonly runtimePath: string
  readonly blockCount: number
  /** Ids of the checks to run; all when absent. */
  readonly only?: readonly string[]
  readonly deadlineMs: number
  readonly heapPages?: number
  readonly stateVersion: 'auto' | StateVersion
  readonly isJson: boolean
}

/** What the checks are run on. */
export interface ChecksRequest {
  /** At the block of the source, under the runtime that the chain has there. */
  readonly fork: Fork
  /** The candidate. */
  readonly blob: RuntimeBlob
  readonly executor: Executor
  readonly blockCount: number
  /** Ids or groups; all checks when absent. */
  readonly only?: readonly string[]
  readonly signal: AbortSignal
  readonly logger: Logger
  /** The command line that runs one check again. */
  reproduce(checkId: string): string
}

/** What the checks found; the command adds inputs and verdict. */
export type ChecksResult = Pick<CheckReport, 'checks' | 'upgrade' | 'storageDiff' | 'blocks'>

export type RunChecks = (request: ChecksRequest) => Promise<ChecksResult>

/**
 * `drydock check`: forks the state, runs the checks on the candidate, and prints the report. Throws `DrydockError` when the
 * inputs do not make sense together.
 */
export async function checkCommand(
  options: CheckCommandOptions,
  io: CliIo,
  runChecks: RunChecks,
): Promise<ExitCode> {
  const blob = parseRuntimeBlob(await readRuntime(options.runtimePath))
  const logger = createStreamLogger(io)
  const { forkPath: path, stateVersion } = options
  const source = await openForkSource({ path, stateVersion, signal: io.signal, logger })
  try {
    const report = await withExecutor({ deadlineMs: options.deadlineMs, signal: io.signal }, (executor) =>
      createReport({ options, source, blob, executor, logger, signal: io.signal, runChecks }),
    )
    io.signal.throwIfAborted()
    const layout = { width: layoutWidth(io.stdout), isColored: wantsColor(io.stdout, io.env) }
    io.stdout.write(options.isJson ? renderJson(report) : renderTerminal(report, layout))
    return verdictToExitCode(report.verdict)
  } finally {
    source.store.close()
  }
}

const CLOCK: Clock = { nowMs: () => performance.now() }

interface CheckParts {
  readonly options: CheckCommandOptions
  readonly source: ForkSource
  readonly blob: RuntimeBlob
  readonly executor: Executor
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly runChecks: RunChecks
}

async function createReport(parts: CheckParts): Promise<CheckReport> {
  const { options, source, blob, executor, logger, signal } = parts
  const startMs = CLOCK.nowMs()
  const fork = await openFork(source, executor, options)
  const { forkPath, runtimePath, blockCount, only } = options
  const inputs = await createReportInputs({ forkPath, runtimePath, source, fork, blob })
  const result = await parts.runChecks({
    fork,
    blob,
    executor,
    blockCount,
    logger,
    signal,
    reproduce: (checkId) => reproduceCommand(options, checkId),
    ...(only === undefined ? {} : { only }),
  })
  return {
    schemaVersion: 2,
    tool: readPackageInfo(),
    verdict: checksToVerdict(result.checks),
    inputs,
    ...result,
    durationMs: CLOCK.nowMs() - startMs,
  }
}

function openFork(source: ForkSource, executor: Executor, options: CheckCommandOptions): Promise<Fork> {
  const callOptions: CallOptions = {
    deadlineMs: options.deadlineMs,
    ...(options.heapPages === undefined ? {} : { heapPages: options.heapPages }),
  }
  const header = source.header === null ? {} : { header: source.header }
  return Fork.open({ store: source.store, executor, callOptions, ...header })
}

function reproduceCommand(options: CheckCommandOptions, checkId: string): string {
  const { forkPath, runtimePath, blockCount, deadlineMs, heapPages, stateVersion } = options
  return toCommandLine([
    ...['npx', 'drydock', 'check', '--fork', forkPath, '--runtime', runtimePath],
    ...['--blocks', String(blockCount), '--deadline', `${deadlineMs}ms`],
    ...(heapPages === undefined ? [] : ['--heap-pages', String(heapPages)]),
    ...(stateVersion === 'auto' ? [] : ['--state-version', String(stateVersion)]),
    ...['--only', checkId],
  ])
}
