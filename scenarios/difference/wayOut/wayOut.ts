import type { Fork } from '../../../harness/chain/fork.ts'
import { LAST_UPGRADE_KEY } from '../../../harness/chain/migrationMarks.ts'
import type { RuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import { outcomeFacts } from '../../check/outcomeEvidence.ts'
import type { RunContext } from '../../check/runContext.ts'
import { type ProposalOutcome, type ProposedCall, runProposal } from '../../governance/proposalRun.ts'
import { usualProposals } from '../../governance/waysToUpgrade.ts'
import type { Difference } from '../difference.ts'
import type { Twin, TwinSide } from '../twin/twin.ts'
import { isLastUpgradeTo } from './lastUpgrade.ts'
import { raiseVersion } from './raiseVersion.ts'

export interface WayOut {
  /** How the chain was upgraded again, such as `Sudo.sudo(System.set_code)`; null when it was not, or cannot be told. */
  readonly by: string | null
  readonly differences: readonly Difference[]
  readonly assumptions: readonly string[]
}

/** Blocks of the runtime that was installed once more. */
const BLOCKS_AFTER = 2

/**
 * Upgrades the upgraded chain once more, to the same code with a higher version, by those who could upgrade it before. Null when
 * the candidate has no version to raise, or the chain has no usual way to upgrade.
 */
export async function tryWayOut(run: RunContext, twin: Twin): Promise<WayOut | null> {
  const next = raiseVersion(run.candidate)
  if (next === null) return null
  const ways = proposalsOf(run, twin, next)
  if (ways.length === 0) return null
  const last = lastUpgrade(twin)
  let refused: { readonly way: ProposedCall; readonly outcome: ProposalOutcome } | null = null
  for (const way of ways) {
    const outcome = await runProposal(contextAt(run, twin.candidate, next), way)
    if (outcome.end.kind === 'installed') {
      const after = outcome.end.isPending ? [] : await runsOn(run, twin.candidate, next)
      return { by: way.name, differences: [...last, ...after], assumptions: outcome.assumptions }
    }
    refused ??= { way, outcome }
  }
  const before = await worksWithout(run, twin, next)
  if (refused === null || before === null) return { by: null, differences: last, assumptions: [] }
  return {
    by: null,
    differences: [...last, neverAgain(refused.way, refused.outcome, before)],
    assumptions: refused.outcome.assumptions,
  }
}

/** By the accounts that steer the chain without the upgrade; in the candidate's encoding. */
function proposalsOf(
  run: RunContext,
  { control, candidate }: Twin,
  next: RuntimeBlob,
): readonly ProposedCall[] {
  const context = contextAt(run, control, next)
  const before = usualProposals(context, control.runtime.codec.codeUpgradeCalls(next.submitted))
  const now = candidate.runtime.codec.codeUpgradeCalls(next.submitted)
  return before.flatMap((way) => {
    const call = now.find(({ name }) => name === way.name)
    return call === undefined ? [] : [{ ...way, call: call.encode() }]
  })
}

/** The name of a way that works under the runtime on chain; null when none does. */
async function worksWithout(run: RunContext, { control }: Twin, next: RuntimeBlob): Promise<string | null> {
  const context = contextAt(run, control, next)
  for (const way of usualProposals(context, control.runtime.codec.codeUpgradeCalls(next.submitted))) {
    const { end } = await runProposal(context, way)
    if (end.kind === 'installed') return way.name
  }
  return null
}

function contextAt(run: RunContext, side: TwinSide, candidate: RuntimeBlob): RunContext {
  return { ...run, fork: forkAt(run.fork, side), current: side.runtime, candidate }
}

function forkAt(fork: Fork, { head }: TwinSide): Fork {
  return fork.at(head)
}

function neverAgain(way: ProposedCall, { end, steps }: ProposalOutcome, before: string): Difference {
  const why = 'error' in end ? `${end.what} is refused with ${end.error}` : endText(end)
  return {
    kind: 'ended',
    area: 'permissions',
    subject: way.name,
    title: `after the upgrade the chain cannot be upgraded again: ${why}; without it, ${before} works`,
    facts: { way: way.name, end: end.kind },
    evidence: steps.map(({ block, what, by, result }) => `block ${block}: ${what} by ${by}: ${result}`),
  }
}

function endText(end: ProposalOutcome['end']): string {
  if (end.kind === 'cannot') return end.reason
  return end.kind === 'never' ? 'the code is never set' : 'another code would be set'
}

/** The blocks under the runtime that was installed once more. */
async function runsOn(
  { fork }: RunContext,
  side: TwinSide,
  next: RuntimeBlob,
): Promise<readonly Difference[]> {
  const chain = forkAt(fork, side)
  const upgrade = await chain.upgrade(next)
  const failed = upgrade.kind === 'migrationFailed' ? upgrade.block : null
  for (let i = 0; failed === null && upgrade.kind === 'upgraded' && i < BLOCKS_AFTER; i++) {
    const block = await chain.buildBlock()
    if (block.kind === 'failed') return [stops(block.message, outcomeFacts(block.outcome))]
  }
  if (failed !== null) return [stops(failed.message, outcomeFacts(failed.outcome))]
  return upgrade.kind === 'upgraded' ? [] : [stops(`the next runtime cannot be used (${upgrade.kind})`, {})]
}

function stops(message: string, facts: Difference['facts']): Difference {
  return {
    kind: 'ended',
    area: 'behavior',
    subject: 'the upgrade after this one',
    title: `after the upgrade, the next one stops the chain: ${message}`,
    facts,
    evidence: [],
  }
}

/** `System.LastRuntimeUpgrade` decides whether migrations run, the next time and this time. */
function lastUpgrade({ candidate }: Twin): readonly Difference[] {
  const { codec, version } = candidate.runtime
  const stored = candidate.head.state.get(LAST_UPGRADE_KEY)
  if (codec.item('System', 'LastRuntimeUpgrade') === null) return []
  const decoded = stored === null ? null : codec.decodeValue('System', 'LastRuntimeUpgrade', stored)
  const value = decoded?.kind === 'value' ? JSON.stringify(decoded.value) : 'nothing that decodes'
  if (stored !== null && isLastUpgradeTo(stored, version)) return []
  return [
    {
      kind: 'lost',
      area: 'storage',
      subject: 'System.LastRuntimeUpgrade',
      title: `System.LastRuntimeUpgrade holds ${value} after the upgrade to ${version.specName} ${version.specVersion}: migrations run again, or never`,
      facts: { specVersion: version.specVersion },
      evidence: [],
    },
  ]
}
