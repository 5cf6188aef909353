import { bytesToHex, isEqualBytes } from '../../harness/base/bytes.ts'
import { DrydockError } from '../../harness/base/errors.ts'
import { blake2_256 } from '../../harness/base/hash.ts'
import type { UpgradeCall } from '../../harness/codec/index.ts'
import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Facts, Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import type { Proposal } from '../check/proposal.ts'
import { type ProposalOutcome, type ProposedCall, runProposal } from '../governance/proposalRun.ts'
import { usualProposals } from '../governance/waysToUpgrade.ts'

export const governanceRehearsal: Check = defineCheck({
  id: 'governance.rehearsal',
  title: 'The proposal installs exactly this candidate',
  why: 'A proposal with the wrong hash, or one that set_code refuses, is noticed only when the chain does not upgrade.',
  rules: [
    {
      id: 'undecodable',
      severity: 'error',
      says: 'The given call does not decode under the runtime on chain.',
    },
    {
      id: 'refused',
      severity: 'error',
      says: 'The proposal, or a call inside it, fails; the finding names the dispatch error.',
    },
    { id: 'tooLarge', severity: 'error', says: 'The proposal needs more weight or length than a block has.' },
    { id: 'otherCode', severity: 'error', says: 'The proposal installs code that is not the candidate.' },
    {
      id: 'otherHash',
      severity: 'error',
      says: 'The proposal authorizes the hash of code that is not the candidate.',
    },
    {
      id: 'neverExecutes',
      severity: 'error',
      says: 'The proposal succeeds, but the code does not change and nothing that would change it is scheduled or authorized.',
    },
  ],
  async run(context): Promise<CheckAnswer> {
    if (isEqualBytes(context.candidate.submitted, context.current.blob.submitted)) {
      return { kind: 'notApplicable', reason: 'the candidate is already the code on chain' }
    }
    const calls = context.current.codec.codeUpgradeCalls(context.candidate.submitted)
    const { proposal } = context
    if (proposal !== null) {
      const described = context.current.codec.describeCall(proposal.call)
      if (described.kind === 'error') {
        return { kind: 'ran', findings: [undecodable(context, described.error)], tables: [ways(calls)] }
      }
      const { pallet, call } = described.call
      return rehearse(context, calls, [{ ...proposal, name: `${pallet}.${call}` }])
    }
    const usual = usualProposals(context, calls)
    if (usual.length > 0) return rehearse(context, calls, usual)
    const reason = 'the runtime on chain has no call that sets or authorizes code; give the proposal'
    return { kind: 'inconclusive', reason }
  },
})

interface Tried {
  readonly proposed: ProposedCall
  readonly outcome: ProposalOutcome
  readonly findings: readonly Finding[]
}

/** Tries one proposal after the other, each on the chain as it is, until one installs the candidate. */
async function rehearse(
  context: CheckContext,
  calls: readonly UpgradeCall[],
  proposals: readonly ProposedCall[],
): Promise<CheckAnswer> {
  const tried: Tried[] = []
  for (const proposed of proposals) {
    context.progress(`rehearsing ${proposed.name}`)
    const outcome = await runOrExplain(context, proposed)
    if (outcome.end.kind === 'cannot') return { kind: 'inconclusive', reason: outcome.end.reason }
    const findings = judge(context, proposed, outcome)
    tried.push({ proposed, outcome, findings })
    if (findings.length === 0) break
  }
  return {
    kind: 'ran',
    findings: findingsOfAll(tried),
    measures: measures(tried),
    tables: [ways(calls), steps(tried)],
    assumptions: assumptions(tried),
  }
}

/** None once one way leads there; else why the first fails that does not fail for want of room only. */
function findingsOfAll(tried: readonly Tried[]): readonly Finding[] {
  if (tried.at(-1)?.findings.length === 0) return []
  const telling = tried.find(({ outcome }) => outcome.end.kind !== 'tooLarge') ?? tried[0]
  return telling?.findings ?? []
}

/** What we can't sign is not a fault of the proposal. */
async function runOrExplain(context: CheckContext, proposed: ProposedCall): Promise<ProposalOutcome> {
  try {
    return await runProposal(context, proposed)
  } catch (error) {
    if (!(error instanceof DrydockError) || error.kind !== 'environment') throw error
    const end = { kind: 'cannot', reason: `the call cannot be signed here: ${error.message}` } as const
    return { end, steps: [], assumptions: [] }
  }
}

function undecodable(context: CheckContext, error: string): Finding {
  const { version } = context.current
  return createFinding(governanceRehearsal, context, {
    rule: 'undecodable',
    subject: 'proposal',
    title: `The proposal does not decode as a call of ${version.specName} ${version.specVersion}: ${error}`,
    facts: callFacts(context.proposal),
  })
}

/** By the state that the proposal left, whatever it says of itself. */
function judge(context: CheckContext, proposed: ProposedCall, outcome: ProposalOutcome): readonly Finding[] {
  const { end } = outcome
  const hash = bytesToHex(blake2_256(context.candidate.submitted))
  const facts: Facts = { proposal: proposed.name, candidateHash: hash, ...callFacts(proposed) }
  const evidence = outcome.steps.map(
    ({ block, what, by, result }) => `block ${block}: ${what} by ${by}: ${result}`,
  )
  const find = (rule: string, title: string, more: Facts = {}) => [
    createFinding(governanceRehearsal, context, {
      rule,
      subject: proposed.name,
      title,
      facts: { ...facts, ...more },
      evidence: [...evidence, ...outcome.assumptions.map((text) => `assumed: ${text}`)],
    }),
  ]
  switch (end.kind) {
    case 'installed': {
      const installedHash = bytesToHex(blake2_256(end.code))
      if (installedHash === hash) return []
      const title = `${proposed.name} installs code that is not the candidate: its blake2-256 is ${installedHash}, the candidate's ${hash}`
      return find('otherCode', title, { installedHash })
    }
    case 'otherHash': {
      const title = `${proposed.name} authorizes the code with the blake2-256 ${end.hash}; the candidate's is ${hash}`
      return find('otherHash', title, { authorizedHash: end.hash })
    }
    case 'tooLarge':
      return find('tooLarge', `${end.what} needs more weight or length than a block has: ${end.error}`, {
        error: end.error,
      })
    case 'refused':
      return find('refused', `${end.what} fails: ${end.error}`, { error: end.error })
    case 'never':
      return find(
        'neverExecutes',
        `${proposed.name} does not change the code, and nothing that would change it is scheduled, authorized or waiting`,
      )
    case 'cannot':
      return []
  }
}

function callFacts(proposal: Pick<Proposal, 'call' | 'origin'> | null): Facts {
  if (proposal === null) return {}
  const { call, origin } = proposal
  return {
    callHash: bytesToHex(blake2_256(call)),
    callBytes: call.length,
    origin: origin === 'root' ? origin : bytesToHex(origin),
  }
}

/** Of the proposal that the verdict rests on. */
function assumptions(tried: readonly Tried[]): readonly string[] {
  const last = tried.at(-1)
  return last?.outcome.assumptions.map((text) => `${last.proposed.name}: ${text}.`) ?? []
}

function measures(tried: readonly Tried[]): Facts {
  const last = tried.at(-1)
  const end = last?.outcome.end
  return {
    proposal: last?.proposed.name ?? null,
    steps: last?.outcome.steps.length ?? 0,
    installs: end?.kind === 'installed' ? bytesToHex(blake2_256(end.code)) : null,
    awaitsRelayChain: end?.kind === 'installed' && end.isPending,
  }
}

function ways(calls: readonly UpgradeCall[]): DataTable {
  return {
    id: 'ways-to-upgrade',
    title: 'Calls of the runtime on chain that install or authorize the candidate',
    columns: [
      { name: 'call', kind: 'text' },
      { name: 'blake2-256 of the call', kind: 'text' },
      { name: 'size', kind: 'bytes' },
    ],
    rows: calls.map(({ name, callHash, sizeBytes }) => [name, callHash, sizeBytes]),
  }
}

function steps(tried: readonly Tried[]): DataTable {
  return {
    id: 'proposal-steps',
    title: 'What the proposal did',
    columns: [
      { name: 'proposal', kind: 'text' },
      { name: 'block', kind: 'count' },
      { name: 'step', kind: 'text' },
      { name: 'by', kind: 'text' },
      { name: 'result', kind: 'text' },
    ],
    rows: tried.flatMap(({ proposed, outcome }) =>
      outcome.steps.map(({ block, what, by, result }) => [proposed.name, block, what, by, result]),
    ),
  }
}
