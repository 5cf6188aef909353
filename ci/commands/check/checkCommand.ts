import { existsSync } from 'node:fs'
import type { Clock } from '../../../harness/base/ports.ts'
import { Fork } from '../../../harness/chain/fork.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import type { CallOptions, Executor } from '../../../harness/runtime/executor.ts'
import { type CheckReport, checksToVerdict, REPORT_SCHEMA_VERSION } from '../../../reports/index.ts'
import { type ExitCode, verdictToExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { thisMachine } from '../../cli/machine.ts'
import { readPackageInfo } from '../../cli/packageInfo.ts'
import { Progress } from '../../cli/progress.ts'
import { formatBaseline, readBaseline } from '../../config/baseline.ts'
import { nodeCachePath, sourceLabel } from '../../inputs/liveSource.ts'
import { type ForkSource, openForkSource } from '../../inputs/openForkSource.ts'
import { readRuntime } from '../../inputs/readRuntime.ts'
import { withExecutor } from '../../inputs/withExecutor.ts'
import { emitReport } from '../../reporting/emitReport.ts'
import { writeFileAtomically } from '../../reporting/writeFileAtomically.ts'
import type { CheckSettings } from './checkSettings.ts'
import { createReportInputs } from './reportInputs.ts'
import { toCommandLine } from './reproduceCommand.ts'

/** What the checks are run on. */
export interface ChecksRequest {
  /** At the block of the source, under the runtime that the chain has there. */
  readonly fork: Fork
  /** The candidate. */
  readonly blob: RuntimeBlob
  readonly executor: Executor
  readonly settings: CheckSettings
  /** `YYYY-MM-DD`, in UTC. */
  readonly today: string
  readonly signal: AbortSignal
  readonly progress: Progress
  /** The command line that runs one check again. */
  reproduce(checkId: string): string
}

/** What the checks found; the command adds inputs and verdict. */
export type ChecksResult = Pick<
  CheckReport,
  | 'checks'
  | 'notRequested'
  | 'assumptions'
  | 'notes'
  | 'shard'
  | 'settings'
  | 'upgrade'
  | 'storageDiff'
  | 'blocks'
  | 'blockWeightLimit'
>

export type RunChecks = (request: ChecksRequest) => Promise<ChecksResult>

/**
 * `drydock check`: forks the state, runs the checks on the candidate, and prints the report. Throws `DrydockError` when the
 * inputs do not make sense together.
 */
export async function checkCommand(
  settings: CheckSettings,
  io: CliIo,
  runChecks: RunChecks,
): Promise<ExitCode> {
  const { verbosity, flags, baseline, output } = settings
  const progress = new Progress({ io, clock: CLOCK, verbosity, logFile: flags.logFile ?? null })
  try {
    // Read before anything is run: a file that is something else is not overwritten.
    const former = baseline !== null && existsSync(baseline.path) ? readBaseline(baseline.path) : []
    const cachePath = nodeCachePath(io.env)
    const report = await checkedReport({ settings, cachePath, progress, signal: io.signal, runChecks })
    io.signal.throwIfAborted()
    progress.close()
    if (baseline !== null) writeFileAtomically(baseline.path, formatBaseline(report.checks, baseline, former))
    emitReport(report, output, io)
    return verdictToExitCode(report.verdict, flags.reviewIs)
  } finally {
    progress.close()
  }
}

interface CheckRequest {
  readonly settings: CheckSettings
  /** Folder for the state of live chains. */
  readonly cachePath: string
  readonly progress: Progress
  readonly signal: AbortSignal
  readonly runChecks: RunChecks
}

async function checkedReport(request: CheckRequest): Promise<CheckReport> {
  const { settings, progress, signal } = request
  const blob = parseRuntimeBlob(await readRuntime(settings.runtimePath))
  const { stateVersion, seed } = settings.flags
  const { forkPath: path, callDeadlineMs: deadlineMs } = settings
  const demo = seed === undefined ? {} : { seed }
  const source = await openForkSource({
    path,
    stateVersion,
    cachePath: request.cachePath,
    signal,
    logger: progress,
    ...demo,
  })
  try {
    return await withExecutor({ deadlineMs, signal }, (executor) =>
      createReport({ ...request, source, blob, executor }),
    )
  } finally {
    source.store.close()
  }
}

const CLOCK: Clock = { nowMs: () => performance.now() }

interface CheckParts extends CheckRequest {
  readonly source: ForkSource
  readonly blob: RuntimeBlob
  readonly executor: Executor
}

async function createReport(parts: CheckParts): Promise<CheckReport> {
  const { settings, source, blob, executor, progress, signal } = parts
  const { forkPath, runtimePath, callDeadlineMs, flags } = settings
  const startMs = CLOCK.nowMs()
  const startedAt = new Date().toISOString()
  const fork = await openFork(source, executor, settings)
  const inputs = await createReportInputs({ forkPath, runtimePath, source, fork, blob })
  const result = await parts.runChecks({
    fork,
    blob,
    executor,
    settings,
    today: new Date().toISOString().slice(0, 10),
    progress,
    signal,
    reproduce: (checkId) => reproduceCommand(settings, checkId),
  })
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: readPackageInfo(),
    verdict: checksToVerdict(result.checks),
    inputs,
    startedAt,
    machine: thisMachine(),
    ...result,
    settings: {
      ...result.settings,
      deadlineMs: callDeadlineMs,
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    },
    durationMs: CLOCK.nowMs() - startMs,
  }
}

function openFork(
  source: ForkSource,
  executor: Executor,
  { callDeadlineMs, flags: { heapPages } }: CheckSettings,
): Promise<Fork> {
  const callOptions: CallOptions = {
    deadlineMs: callDeadlineMs,
    ...(heapPages === undefined ? {} : { heapPages }),
  }
  const header = source.header === null ? {} : { header: source.header }
  return Fork.open({ store: source.store, executor, callOptions, ...header })
}

function reproduceCommand(settings: CheckSettings, checkId: string): string {
  const { flags, forkPath, runtimePath, callDeadlineMs, blockCount, configPath } = settings
  const { heapPages, stateVersion, seed, scenarios, proposal, proposalOrigin } = flags
  return toCommandLine([
    ...['npx', 'drydock', 'check', '--fork', sourceLabel(forkPath), '--runtime', runtimePath],
    ...['--blocks', String(blockCount), '--deadline', `${callDeadlineMs}ms`],
    ...(heapPages === undefined ? [] : ['--heap-pages', String(heapPages)]),
    ...(stateVersion === 'auto' ? [] : ['--state-version', String(stateVersion)]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(configPath === null ? [] : ['--config', configPath]),
    ...(scenarios === undefined ? [] : ['--scenarios', scenarios]),
    ...(proposal === undefined ? [] : ['--proposal', proposal]),
    ...(proposalOrigin === undefined ? [] : ['--proposal-origin', proposalOrigin]),
    ...['--only', checkId],
  ])
}
