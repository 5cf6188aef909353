import { blake2_256 } from '../../harness/base/hash.ts'
import type { Finding } from '../../reports/model/index.ts'
import type { CheckAnswer, CheckContext, CheckFacts } from '../../scenarios/check/check.ts'
import { createFinding } from '../../scenarios/check/createFinding.ts'
import { defineNeed } from '../../scenarios/check/step.ts'
import { type SettledChain, settledChain } from '../../scenarios/storage/settledChain.ts'
import { FastChain } from '../engine/fastChain.ts'
import type { FuzzTarget } from '../engine/fuzzTarget.ts'
import { type FuzzFinding, runCampaign } from '../engine/runCampaign.ts'
import { replaySteps } from '../engine/runCase.ts'
import { findingName } from '../findings/findingFolder.ts'
import type { Oracle } from '../oracles/oracle.ts'
import { stepText } from '../strategies/step.ts'

/** The chain under the candidate, where a campaign begins. */
export const settled = defineNeed<SettledChain>('the chain after the migrations', async (run) => {
  const chain = await run.get(settledChain)
  if (chain === null) return { kind: 'missing', reason: 'the upgrade failed, see upgrade.apply' }
  return { kind: 'there', value: chain }
})

export interface BoundedCampaign {
  readonly target: FuzzTarget
  readonly oracles: () => readonly Oracle[]
  /** Runtime calls. */
  readonly executions: number
}

/** The campaign of a check: bounded by executions, its seed from the candidate, so that the same inputs give the same answer. */
export async function runBounded(context: CheckContext, campaign: BoundedCampaign) {
  const { profile, candidate, signal, progress } = context
  const seed = new DataView(blake2_256(candidate.submitted).buffer).getUint32(0)
  const result = await runCampaign({
    ...campaign,
    profile,
    seed,
    isOver: () => signal.aborted,
    executor: campaign.target.runtime.executor,
    onProgress: ({ executions, edges, states }) =>
      progress(`fuzzing: ${executions} calls, ${edges} edges, ${states} states`),
  })
  signal.throwIfAborted()
  return { ...result, seed }
}

/** One finding for each fault; those that the runtime on chain shows as well do not count. */
export async function toFindings(
  check: CheckFacts,
  context: CheckContext,
  {
    findings,
    oracles,
  }: { readonly findings: readonly FuzzFinding[]; readonly oracles: () => readonly Oracle[] },
): Promise<Finding[]> {
  const made: Finding[] = []
  for (const finding of findings) {
    const before = await isShownBefore(context, finding, oracles)
    made.push(toFinding(check, context, { finding, before }))
  }
  return made
}

function toFinding(
  check: CheckFacts,
  context: CheckContext,
  { finding, before }: { readonly finding: FuzzFinding; readonly before: boolean },
): Finding {
  const { suspicion, steps, confirmation } = finding
  const isError = suspicion.severity === 'error' && !before
  return createFinding(check, context, {
    rule: before ? 'alsoBefore' : suspicion.oracle,
    severity: isError ? 'error' : 'warning',
    subject: findingName(suspicion),
    title: suspicion.title,
    facts: {
      ...suspicion.facts,
      steps: steps.length,
      executions: finding.executions,
      confirmation: confirmation.kind,
    },
    evidence: [
      ...steps.map((step, i) => `${i + 1}. ${stepText(step)}`),
      ...(confirmation.kind === 'confirmed' ? confirmation.evidence : suspicion.evidence),
    ],
  })
}

/** Whether the runtime on chain does the same after the same steps: of the same kind, at the same phase. */
async function isShownBefore(
  { fork, current }: CheckContext,
  { suspicion, steps }: FuzzFinding,
  oracles: () => readonly Oracle[],
): Promise<boolean> {
  const chain = FastChain.open({ runtime: current })
  const first = await chain.openBlock(fork.head)
  if (first.kind === 'stop') return false
  const run = await replaySteps(chain, first.block, { steps, oracles: oracles() })
  return run.suspicions.some(
    (one) => one.oracle === suspicion.oracle && one.facts['message'] === suspicion.facts['message'],
  )
}

/** What a campaign measured. */
export function measuresOf({
  stats,
  seed,
}: Awaited<ReturnType<typeof runBounded>>): NonNullable<CheckAnswer['measures']> {
  const { executions, edges, states, applied, succeeded } = stats
  return { seed, executions, edges, states, callsApplied: applied, callsSucceeded: succeeded }
}
