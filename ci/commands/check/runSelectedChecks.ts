import { bytesToHex } from '../../../harness/base/bytes.ts'
import { blockWeight } from '../../../harness/chain/blockWeight.ts'
import type { Fork } from '../../../harness/chain/fork.ts'
import type { Weight as ChainWeight } from '../../../harness/codec/index.ts'
import type { Executor } from '../../../harness/runtime/executor.ts'
import type { BlockResult, Line, Span, UpgradeResult, Weight } from '../../../reports/index.ts'
import type { CheckResult, CheckStatus } from '../../../reports/model/checkResult.ts'
import { profileOf } from '../../../scenarios/chains/index.ts'
import { type AcceptanceEntry, Acceptances } from '../../../scenarios/check/acceptance.ts'
import { DEFAULT_LIMITS } from '../../../scenarios/check/limits.ts'
import { runChecks } from '../../../scenarios/check/runChecks.ts'
import { SharedSteps } from '../../../scenarios/check/sharedSteps.ts'
import { blockCost } from '../../../scenarios/rehearsal/blockCost.ts'
import { type RehearsedBlock, rehearsedBlocks, upgradeStep } from '../../../scenarios/rehearsal/rehearsal.ts'
import { createLazyExecutor } from '../../inputs/lazyExecutor.ts'
import type { ChecksRequest, ChecksResult } from './checkCommand.ts'
import { chooseChecks } from './chooseChecks.ts'

const CLOCK = { nowMs: () => performance.now() }

/** Runs the catalog's checks on a fork and its candidate, and gathers what the report shows beside them. */
export async function runSelectedChecks(request: ChecksRequest): Promise<ChecksResult> {
  const { fork, blob: candidate, settings, progress, signal, reproduce, today } = request
  const say = (message: string) => progress.update(message)
  const { blockCount } = settings
  const current = await fork.context()
  const profile = profileOf(current.version.specName)
  const { checks, notRequested, requested } = await chooseChecks(settings, profile)
  const limits = { ...DEFAULT_LIMITS, ...profile.limits, ...settings.limits }
  const acceptances = new Acceptances({ ...settings, today })
  return withSecondOpinion(async (secondOpinion) => {
    const inputs = {
      fork,
      current,
      candidate,
      blockCount,
      profile,
      limits,
      proposal: settings.proposal,
      secondOpinion,
      progress: say,
    }
    const steps = new SharedSteps(inputs, { signal })
    const results = await runChecks(checks, steps, {
      clock: CLOCK,
      reproduce,
      deadlineMs: (id) => settings.deadlineMs(id),
      onResult: (result) => progress.line(resultLine(result)),
      onError: (id, error) => progress.log('warn', `${id}: ${errorStack(error)}`),
      judge: (findings) => acceptances.apply(findings),
    })
    const ran = new Set(checks.map(({ id }) => id))
    return {
      checks: results,
      assumptions: assumptionsOf(fork),
      notRequested,
      settings: { profile: settings.profile, blockCount, limits },
      ...(settings.shard === null ? {} : { shard: { ...settings.shard, requested } }),
      notes: acceptances.unused().flatMap((one) => (ran.has(one.check) ? [unusedNote(one)] : [])),
      ...(steps.isStarted(upgradeStep) ? await gather(steps) : {}),
    }
  })
}

/** What the state was changed to before anything ran. */
function assumptionsOf(fork: Fork): readonly string[] {
  return fork.assumptions.map(({ block, reason }) => `The state of block ${block} was changed: ${reason}.`)
}

function errorStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const MARKS: Readonly<Record<CheckStatus, Span>> = {
  passed: { text: 'passed    ', style: 'green' },
  review: { text: 'review    ', style: 'yellow' },
  failed: { text: 'FAILED    ', style: 'red' },
  inconclusive: { text: 'no result ', style: 'yellow' },
  notApplicable: { text: 'n/a       ', style: 'dim' },
}

function resultLine({ id, status, durationMs, findings }: CheckResult): Line {
  const count = findings.length === 0 ? '' : `, ${findings.length} finding${findings.length === 1 ? '' : 's'}`
  return [
    MARKS[status],
    { text: id },
    { text: `  ${(durationMs / 1000).toFixed(1)} s${count}`, style: 'dim' },
  ]
}

function unusedNote({ check, rule, subject, until }: AcceptanceEntry): string {
  const what = [check, rule, subject].filter((part) => part !== undefined).join(' / ')
  return `the accepted finding ${what} (until ${until}) matched no finding: it can be removed`
}

async function withSecondOpinion<T>(use: (executor: Executor) => Promise<T>): Promise<T> {
  const executor = createLazyExecutor({ name: 'chopsticks', supports: new Set() }, loadChopsticks)
  try {
    return await use(executor)
  } finally {
    await executor.close()
  }
}

/** Loading it takes longer than most checks. */
async function loadChopsticks(): Promise<Executor> {
  const { ChopsticksExecutor } = await import('../../../harness/runtime/chopsticks/chopsticksExecutor.ts')
  return new ChopsticksExecutor({ clock: CLOCK })
}

async function gather(steps: SharedSteps): Promise<Omit<ChecksResult, 'checks'>> {
  const result = await steps.get(upgradeStep)
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
  const blocks = (await steps.get(rehearsedBlocks)).flatMap(toBlockResult)
  const limit = result.migration.weight?.limits?.maxBlock
  return {
    upgrade,
    storageDiff: changes.map(({ samples: _, ...row }) => row),
    blocks,
    ...(limit === undefined ? {} : { blockWeightLimit: toWeight(limit) }),
  }
}

function toBlockResult(block: RehearsedBlock): BlockResult[] {
  const { result, runtime } = block
  if (result.kind === 'failed') return []
  const { head } = result
  const weight = blockWeight(runtime.codec, head.state)
  const { ms, reads, writes } = blockCost(block)
  return [
    {
      number: head.number,
      hash: bytesToHex(head.hash),
      stateRoot: bytesToHex(head.header.stateRoot),
      timeMs: ms,
      weight: weight === null ? null : toWeight(weight.total),
      extrinsicCount: result.block.extrinsics.length,
      reads,
      writes,
    },
  ]
}

function toWeight({ refTime, proofSize }: ChainWeight): Weight {
  return { refTimePs: refTime, proofSizeBytes: proofSize }
}
