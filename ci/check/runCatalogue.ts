import { bytesToHex } from '../../harness/base/bytes.ts'
import { blockWeight } from '../../harness/chain/blockWeight.ts'
import type { Weight as ChainWeight } from '../../harness/codec/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import type { BlockResult, UpgradeResult, Weight } from '../../reports/index.ts'
import { profileOf } from '../../scenarios/chains/index.ts'
import { blockTimeMs } from '../../scenarios/checks/blocksRun.ts'
import { CHECKS } from '../../scenarios/checks/index.ts'
import { DEFAULT_LIMITS } from '../../scenarios/limits.ts'
import { Rehearsal, type RehearsedBlock } from '../../scenarios/rehearsal.ts'
import { runChecks, selectChecks } from '../../scenarios/runChecks.ts'
import type { ChecksRequest, ChecksResult } from '../cli/checkCommand.ts'
import { createLazyExecutor } from './lazyExecutor.ts'

/** Many calls, each with a deadline of its own. */
const CHECK_DEADLINE_MS = 600_000
const CLOCK = { nowMs: () => performance.now() }

/** Runs the catalogue's checks on a fork and its candidate, and gathers what the report shows beside them. */
export async function runCatalogue(request: ChecksRequest): Promise<ChecksResult> {
  const { fork, blob: candidate, blockCount, logger, signal, reproduce, only } = request
  const checks = selectChecks(CHECKS, only === undefined ? {} : { only })
  const progress = (message: string) => logger.log('info', message)
  const rehearsal = new Rehearsal({ fork, candidate, blockCount, signal, progress })
  const current = await fork.context()
  const profile = profileOf(current.version.specName)
  return withSecondOpinion(async (secondOpinion) => {
    const context = {
      fork,
      current,
      candidate,
      rehearsal,
      profile,
      limits: { ...DEFAULT_LIMITS, ...profile.limits },
      proposal: null,
      secondOpinion,
      reproduce,
      progress,
      signal,
    }
    const runs = await runChecks(checks, context, { clock: CLOCK, deadlineMs: CHECK_DEADLINE_MS })
    return { checks: runs, ...(rehearsal.isStarted ? await gather(rehearsal) : {}) }
  })
}

async function withSecondOpinion<T>(use: (executor: Executor) => Promise<T>): Promise<T> {
  const executor = createLazyExecutor('chopsticks', loadChopsticks)
  try {
    return await use(executor)
  } finally {
    await executor.close()
  }
}

/** Loading it takes longer than most checks. */
async function loadChopsticks(): Promise<Executor> {
  const { ChopsticksExecutor } = await import('../../harness/runtime/chopsticks/chopsticksExecutor.ts')
  return new ChopsticksExecutor({ clock: CLOCK })
}

async function gather(rehearsal: Rehearsal): Promise<Omit<ChecksResult, 'checks'>> {
  const result = await rehearsal.upgrade()
  if (result.kind !== 'upgraded') return {}
  const { cost, logs, weight, changes } = result.migration
  const upgrade: UpgradeResult = {
    blockNumber: result.migrationBlock.head.number,
    timeMs: cost.wallMs,
    weight: weight === null ? null : toWeight(weight.total),
    reads: cost.reads + cost.nextKeys,
    writes: cost.writes,
    heapPeakBytes: cost.heapPeakBytes,
    logs,
  }
  const blocks = (await rehearsal.blocks()).flatMap(toBlockResult)
  return { upgrade, storageDiff: changes, blocks }
}

function toBlockResult(block: RehearsedBlock): BlockResult[] {
  const { result, runtime } = block
  if (result.kind === 'failed') return []
  const { head } = result
  const weight = blockWeight(runtime.codec, head.state)
  const costs = result.phases.map((phase) => phase.outcome.cost)
  return [
    {
      number: head.number,
      hash: bytesToHex(head.hash),
      stateRoot: bytesToHex(head.header.stateRoot),
      timeMs: blockTimeMs(block),
      weight: weight === null ? null : toWeight(weight.total),
      extrinsicCount: result.block.extrinsics.length,
      reads: costs.reduce((sum, cost) => sum + cost.reads + cost.nextKeys, 0),
      writes: costs.reduce((sum, cost) => sum + cost.writes, 0),
    },
  ]
}

function toWeight({ refTime, proofSize }: ChainWeight): Weight {
  return { refTimePs: refTime, proofSizeBytes: proofSize }
}
