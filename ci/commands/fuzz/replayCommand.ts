import { FastChain } from '../../../fuzz/engine/fastChain.ts'
import { replaySteps } from '../../../fuzz/engine/runCase.ts'
import { confirmFault } from '../../../fuzz/findings/confirmFault.ts'
import { createAuthorityOracle } from '../../../fuzz/oracles/authorityOracle.ts'
import { createCostOracle } from '../../../fuzz/oracles/costOracle.ts'
import { createErrorLogOracle } from '../../../fuzz/oracles/errorLogOracle.ts'
import { panicOracle } from '../../../fuzz/oracles/panicOracle.ts'
import { toSafeText } from '../../../harness/base/safeText.ts'
import { outcomeText } from '../../../harness/chain/index.ts'
import { profileOf } from '../../../scenarios/chains/index.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { Progress } from '../../cli/progress.ts'
import { withExecutor } from '../../inputs/withExecutor.ts'
import { openTarget } from './openTarget.ts'
import { readInput } from './readInput.ts'

export interface FuzzReplayOptions {
  readonly input: string
  readonly fork: string
  readonly runtime: string | null
}

const DEADLINE_MS = 30_000

/** `drydock fuzz replay`: says what the steps show, on the fast machine and in ordinary blocks. */
export async function replayCommand(options: FuzzReplayOptions, io: CliIo): Promise<ExitCode> {
  const steps = readInput(options.input)
  const { signal } = io
  const progress = new Progress({
    io,
    clock: { nowMs: () => performance.now() },
    verbosity: 'normal',
    logFile: null,
  })
  return withExecutor({ deadlineMs: DEADLINE_MS, signal, threads: 1 }, async (executor) => {
    const target = await openTarget({ ...options, executor, signal, logger: progress })
    try {
      const chain = FastChain.open(target)
      const profile = profileOf(target.runtime.version.specName)
      const oracles = [
        panicOracle,
        createCostOracle(),
        createErrorLogOracle(profile),
        createAuthorityOracle(),
      ]
      const first = await chain.openBlock(target.head)
      if (first.kind === 'stop') {
        io.stdout.write(`${first.phase} does not return: ${toSafeText(outcomeText(first.outcome))}\n`)
        return EXIT_CODE.notReady
      }
      const { suspicions } = await replaySteps(chain, first.block, { steps, oracles })
      for (const { title, evidence } of suspicions) {
        io.stdout.write(`${toSafeText(title)}\n`)
        for (const line of evidence) io.stdout.write(`  ${toSafeText(line)}\n`)
      }
      const confirmation = await confirmFault({ ...target, steps, executor })
      if (confirmation.kind === 'confirmed')
        io.stdout.write(`in ordinary blocks: ${toSafeText(confirmation.message)}\n`)
      if (suspicions.length === 0) io.stdout.write('the steps show no fault\n')
      return suspicions.some(({ severity }) => severity === 'error') ? EXIT_CODE.notReady : EXIT_CODE.ready
    } finally {
      target.close()
    }
  })
}
