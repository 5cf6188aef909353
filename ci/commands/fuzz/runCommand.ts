import { CorpusFolder } from '../../../fuzz/corpus/corpusFolder.ts'
import { runCampaign } from '../../../fuzz/engine/runCampaign.ts'
import { writeFinding } from '../../../fuzz/findings/findingFolder.ts'
import { createAuthorityOracle } from '../../../fuzz/oracles/authorityOracle.ts'
import { createCostOracle } from '../../../fuzz/oracles/costOracle.ts'
import { createErrorLogOracle } from '../../../fuzz/oracles/errorLogOracle.ts'
import { panicOracle } from '../../../fuzz/oracles/panicOracle.ts'
import { stepText } from '../../../fuzz/strategies/step.ts'
import { toSafeText } from '../../../harness/base/safeText.ts'
import { profileOf } from '../../../scenarios/chains/index.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { Progress } from '../../cli/progress.ts'
import { withExecutor } from '../../inputs/withExecutor.ts'
import { openTarget } from './openTarget.ts'

export interface FuzzRunOptions {
  readonly fork: string
  readonly runtime: string | null
  readonly seed: number
  readonly runs: number
  readonly timeSeconds: number | null
  readonly corpus: string | null
  readonly out: string
}

const DEADLINE_MS = 30_000

/** `drydock fuzz run`: a campaign from a fork; findings are written as folders, what is new goes to the corpus. */
export async function runCommand(options: FuzzRunOptions, io: CliIo): Promise<ExitCode> {
  const clock = { nowMs: () => performance.now() }
  const progress = new Progress({ io, clock, verbosity: 'normal', logFile: null })
  const corpus = options.corpus === null ? null : new CorpusFolder(options.corpus)
  // A user who stops keeps what was found: the executor that confirms it must not end with the signal.
  const whole = new AbortController()
  return withExecutor({ deadlineMs: DEADLINE_MS, signal: whole.signal, threads: 1 }, async (executor) => {
    const target = await openTarget({ ...options, executor, signal: io.signal, logger: progress })
    try {
      const startMs = clock.nowMs()
      const { version, blob } = target.runtime
      const profile = profileOf(version.specName)
      const endMs =
        options.timeSeconds === null ? Number.POSITIVE_INFINITY : startMs + options.timeSeconds * 1_000
      const result = await runCampaign({
        target,
        profile,
        seed: options.seed,
        executions: options.runs,
        oracles: () => [
          panicOracle,
          createCostOracle(),
          createErrorLogOracle(profile),
          createAuthorityOracle(),
        ],
        corpus: corpus?.read() ?? [],
        executor,
        isOver: () => io.signal.aborted || clock.nowMs() >= endMs,
        onKept: (steps) => void corpus?.add(steps),
        onProgress: (stats) => {
          const perSecond = Math.round((1_000 * stats.executions) / (clock.nowMs() - startMs))
          progress.update(
            `${stats.executions} calls (${perSecond}/s), ${stats.edges} edges, ${stats.states} states, depth ${stats.depth}, ${stats.findings} findings`,
          )
        },
      })
      const origin = {
        fork: options.fork,
        runtime: options.runtime,
        specName: version.specName,
        specVersion: version.specVersion,
        runtimeHash: blob.submittedHash,
        seed: options.seed,
        block: target.head.number,
      }
      const { executions, edges, states } = result.stats
      io.stdout.write(
        `${executions} calls, ${edges} edges, ${states} states, ${result.findings.length} findings\n`,
      )
      for (const finding of result.findings) {
        const folder = writeFinding(options.out, finding, origin)
        io.stdout.write(`\n${toSafeText(finding.suspicion.title)}\n`)
        for (const step of finding.steps) io.stdout.write(`  ${toSafeText(stepText(step))}\n`)
        io.stdout.write(`  ${finding.confirmation.kind}; ${toSafeText(folder)}\n`)
        io.stdout.write(`  reproduce: ${toSafeText(replayLine(options, folder))}\n`)
      }
      const isBroken = result.findings.some(({ suspicion }) => suspicion.severity === 'error')
      return isBroken ? EXIT_CODE.notReady : EXIT_CODE.ready
    } finally {
      target.close()
    }
  })
}

function replayLine({ fork, runtime }: FuzzRunOptions, folder: string): string {
  const candidate = runtime === null ? '' : ` --runtime ${runtime}`
  return `npx drydock fuzz replay ${folder}/input.json --fork ${fork}${candidate}`
}
