import type { Executor } from '../../harness/runtime/executor.ts'
import { type Confirmation, confirmFault } from '../findings/confirmFault.ts'
import type { Oracle, Suspicion } from '../oracles/oracle.ts'
import type { Step } from '../strategies/step.ts'
import { Campaign, type CampaignOptions, type CampaignStats } from './campaign.ts'
import { shrinkFinding } from './shrinkFinding.ts'

export interface RunCampaignOptions extends Omit<CampaignOptions, 'oracles'> {
  /** Made anew for the campaign and for each try of shrinking. */
  readonly oracles: () => readonly Oracle[]
  /** Ends the campaign once so many runtime calls were made. */
  readonly executions: number
  /** Ends the campaign; what was found so far is shrunk and returned. */
  readonly isOver: () => boolean
  /** For confirming; one with a deadline. */
  readonly executor: Executor
  readonly onProgress?: (stats: CampaignStats) => void
  /** Told of each fault as soon as it is found, before it is shrunk. */
  readonly onFault?: (suspicion: Suspicion, steps: readonly Step[]) => void
  /** Told of sequences that led to something new. */
  readonly onKept?: (steps: readonly Step[]) => void
}

/** A fault, as simple as it could be made. */
export interface FuzzFinding {
  readonly suspicion: Suspicion
  readonly steps: readonly Step[]
  /** Steps before shrinking. */
  readonly foundWith: number
  /** Runtime calls until it was found. */
  readonly executions: number
  readonly confirmation: Confirmation
}

export interface CampaignResult {
  readonly stats: CampaignStats
  readonly findings: readonly FuzzFinding[]
}

/** Cases between two looks at the clock. */
const CASES_PER_TURN = 64
const MOST_FINDINGS = 24

/** Runs a campaign to its end, and shrinks and confirms what it found. */
export async function runCampaign(options: RunCampaignOptions): Promise<CampaignResult> {
  const { executions, isOver, oracles } = options
  const campaign = await Campaign.open({ ...options, oracles: oracles() })
  let told = 0
  while (campaign.stats.executions < executions && campaign.faults.size < MOST_FINDINGS && !isOver()) {
    for (let i = 0; i < CASES_PER_TURN && campaign.stats.executions < executions; i++) {
      await campaign.runCase()
      told = tellFaults(campaign, told, options)
    }
    for (const steps of campaign.takeKept()) options.onKept?.(steps)
    options.onProgress?.(campaign.stats)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { stats } = campaign
  const findings: FuzzFinding[] = []
  for (const fault of campaign.faults.values()) findings.push(await finish(campaign, fault, options))
  return { stats, findings }
}

function tellFaults(campaign: Campaign, told: number, { onFault }: RunCampaignOptions): number {
  for (const { suspicion, steps } of [...campaign.faults.values()].slice(told)) onFault?.(suspicion, steps)
  return campaign.faults.size
}

async function finish(
  campaign: Campaign,
  fault: { readonly suspicion: Suspicion; readonly steps: readonly Step[]; readonly executions: number },
  { target, oracles, executor }: RunCampaignOptions,
): Promise<FuzzFinding> {
  const { suspicion } = fault
  const steps = await shrinkFinding(campaign.chain, campaign.first, {
    steps: fault.steps,
    key: suspicion.key,
    oracles,
  })
  const confirmation = await confirmFault({ ...target, steps, executor })
  return { suspicion, steps, foundWith: fault.steps.length, executions: fault.executions, confirmation }
}
