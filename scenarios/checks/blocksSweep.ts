import type { FailedBlock } from '../../harness/chain/build/blockBuilder.ts'
import { phaseLabel } from '../../harness/chain/build/phase.ts'
import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Facts, Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { outcomeEvidence, outcomeFacts, outcomeSubject } from '../check/outcomeEvidence.ts'
import { blockCost } from '../rehearsal/blockCost.ts'
import { heapPeaks } from '../sweep/heapPeaks.ts'
import { type Sweep, type SweptBlock, sweptBlocks } from '../sweep/index.ts'
import { missedUnits } from '../sweep/missedUnits.ts'
import { newErrorLogs } from '../sweep/newErrorLogs.ts'

const SHOWN_UNITS = 10
const SHOWN_LOGS = 10

export const blocksSweep: Check = defineCheck({
  id: 'blocks.sweep',
  title: 'Every epoch, session and era runs',
  why: 'Bittensor stopped on 17 March 2024 in the epoch of one subnet, which a rehearsal of only the next few blocks would have missed.',
  rules: [
    {
      id: 'stopped',
      severity: 'error',
      says: 'A block in which an epoch, a session or an era is due cannot be built under the candidate.',
    },
    {
      id: 'stopsAnyway',
      severity: 'error',
      says: 'A block cannot be built with the candidate or without the upgrade: the chain needs a fix that the candidate does not have. A warning when the block was reached by a jump.',
    },
    {
      id: 'errorLog',
      severity: 'error',
      says: 'The candidate logs an error that the runtime on chain does not log and that the chain profile does not list as harmless; a warning where the chain without the upgrade does not get that far.',
    },
    {
      id: 'missed',
      severity: 'error',
      says: 'An epoch that runs under the runtime on chain is due under the candidate and never runs.',
    },
    {
      id: 'heap',
      severity: 'warning',
      says: 'A block uses more of the heap than limits.heapWarnShare allows, and did not before the upgrade.',
    },
  ],
  needs: sweptBlocks,
  profile: 'full',
  async run(context, sweep): Promise<CheckAnswer> {
    if (sweep.due.length === 0 && sweep.dueBefore.length > 0) {
      const reason = `the profile ${context.profile.name} finds ${sweep.dueBefore.length} epoch(s) in the storage of the runtime on chain, and none in the candidate's`
      return { kind: 'inconclusive', reason }
    }
    if (sweep.due.length === 0 && sweep.sessions === null) {
      const reason = `no periodic work: the profile ${context.profile.name} lists no epochs that are due, and the candidate has no Session.CurrentIndex`
      return { kind: 'notApplicable', reason }
    }
    const findings = [
      ...stops(context, sweep),
      ...errorLogs(context, sweep),
      ...missed(context, sweep),
      ...heap(context, sweep),
    ]
    return {
      kind: 'ran',
      findings,
      measures: measures(sweep),
      tables: [table(sweep)],
      assumptions: assumptions(sweep),
    }
  },
})

interface Stop {
  readonly swept: SweptBlock
  readonly failed: FailedBlock
}

/** One finding for each place at which blocks stop, whatever number of units meets it. */
function stops(context: CheckContext, { blocks }: Sweep): Finding[] {
  const byPlace = new Map<string, Stop[]>()
  for (const swept of blocks) {
    const { result } = swept.candidate
    if (result.kind === 'built') continue
    const rule = swept.control?.result.kind === 'failed' ? 'stopsAnyway' : 'stopped'
    const place = `${rule} ${outcomeSubject(result.outcome)}`
    byPlace.set(place, [...(byPlace.get(place) ?? []), { swept, failed: result }])
  }
  return [...byPlace.values()].map((group) => stopFinding(context, group))
}

function stopFinding(context: CheckContext, group: readonly Stop[]): Finding {
  const [head] = mostTelling(group)
  // SAFETY: groups are made with their first member.
  const { swept, failed } = (head ?? group[0]) as Stop
  const units = [...new Set(mostTelling(group).flatMap((one) => one.swept.units))]
  const isAnyway = swept.control?.result.kind === 'failed'
  const isCertain = group.some((one) => one.swept.reached === 'inOrder')
  const without = isAnyway ? ', as it does without the upgrade' : ''
  const more = units.length > 1 ? ` (and of ${units.length - 1} more)` : ''
  const whose =
    units.length === 0 ? 'The chain stops' : `The ${workOf(units[0] ?? '')}${more} stops the chain`
  const { phase, outcome, message } = failed
  return createFinding(blocksSweep, context, {
    rule: isAnyway ? 'stopsAnyway' : 'stopped',
    ...(isAnyway && !isCertain ? { severity: 'warning' as const } : {}),
    subject: outcomeSubject(outcome),
    title: `${whose}${without}: ${message}`,
    facts: {
      units: units.slice(0, SHOWN_UNITS).join(', '),
      unitCount: units.length,
      block: swept.number,
      reached: reachedText(swept),
      phase: phase.kind === 'authoring' ? 'authoring' : phaseLabel(phase),
      ...(phase.kind === 'initialize' ? { hook: 'on_initialize' } : {}),
      ...outcomeFacts(outcome),
    },
    evidence: outcomeEvidence(outcome),
  })
}

/**
 * Where nothing was due, it is nobody's work that stops; where one thing was, it is that; else all that were due are
 * suspects.
 */
function mostTelling(group: readonly Stop[]): readonly Stop[] {
  const idle = group.filter(({ swept }) => swept.units.length === 0)
  const single = group.filter(({ swept }) => swept.units.length === 1)
  return idle.length > 0 ? idle : single.length > 0 ? single : group
}

/** `epoch of subnet 3`, `end of a session`. */
function workOf(unit: string): string {
  return unit === 'session' || unit === 'era'
    ? `end of ${unit === 'era' ? 'an' : 'a'} ${unit}`
    : `epoch of ${unit}`
}

function reachedText({ reached }: SweptBlock): string {
  return reached === 'inOrder' ? 'in order' : 'by a jump (assumed)'
}

function errorLogs(context: CheckContext, { blocks }: Sweep): Finding[] {
  return newErrorLogs(context.profile, blocks).map(({ target, isCompared, lines }) => {
    const [first] = lines
    const than = isCompared
      ? 'that the runtime on chain does not'
      : 'in blocks that the chain without the upgrade does not get to'
    return createFinding(blocksSweep, context, {
      rule: 'errorLog',
      ...(isCompared ? {} : { severity: 'warning' as const }),
      subject: target,
      title: `The candidate logged ${lines.length} error(s) ${than}, the first in block ${first?.block}: ${first?.text}`,
      facts: { block: first?.block ?? null, units: first?.units.join(', ') ?? '', lines: lines.length },
      evidence: lines.slice(0, SHOWN_LOGS).map(({ block, text }) => `block ${block}: ${text}`),
    })
  })
}

function missed(context: CheckContext, sweep: Sweep): Finding[] {
  return missedUnits(sweep).map(({ unit, ranIn, blocks }) =>
    createFinding(blocksSweep, context, {
      rule: 'missed',
      subject: unit,
      title: `The epoch of ${unit} ran in block ${ranIn} without the upgrade, but in none of ${blocks} blocks under the candidate`,
      facts: { unit, ranIn, blocks },
    }),
  )
}

function heap(context: CheckContext, { blocks }: Sweep): Finding[] {
  return heapPeaks(context, blocks).map(({ swept, peakBytes, controlBytes, limitBytes }) => {
    const percent = Math.round((peakBytes / limitBytes) * 100)
    const unit = swept.units[0] ?? 'block'
    return createFinding(blocksSweep, context, {
      rule: 'heap',
      subject: unit,
      title: `Block ${swept.number} (${swept.units.join(', ') || 'nothing due'}) takes ${percent}% of the heap of ${limitBytes} bytes`,
      facts: { block: swept.number, unit, peakBytes, controlBytes, limitBytes, reached: reachedText(swept) },
    })
  })
}

function assumptions({ blocks }: Sweep): readonly string[] {
  const numbers = blocks.filter(({ reached }) => reached === 'jump').map(({ number }) => number)
  if (numbers.length === 0) return []
  const shown = [...new Set(numbers)].sort((a, b) => a - b)
  const which = shown.length <= SHOWN_UNITS ? shown.join(', ') : `${shown[0]} to ${shown.at(-1)}`
  return [
    `${numbers.length} block(s) (${which}) were reached by a jump: the blocks left out are assumed to change only height and time.`,
  ]
}

function measures({ blocks, due, sessions, eras }: Sweep): Facts {
  const jumps = blocks.filter(({ reached }) => reached === 'jump').length
  return {
    epochsDue: due.length,
    blocksInOrder: blocks.length - jumps,
    jumps,
    sessionsEnded: sessions,
    erasEnded: eras,
    stoppedWithoutUpgrade: blocks.filter(({ control }) => control?.result.kind === 'failed').length,
  }
}

/** The blocks in which something was due. */
function table({ blocks }: Sweep): DataTable {
  const rows = blocks
    .filter(({ units, candidate }) => units.length > 0 || candidate.result.kind === 'failed')
    .map((swept) => {
      const { candidate, control } = swept
      const cost = blockCost(candidate)
      return [
        swept.units.join(', '),
        swept.number,
        resultText(candidate),
        control === null ? null : round(blockCost(control).ms),
        round(cost.ms),
        cost.reads,
        cost.writes,
        cost.heapPeakBytes,
        reachedText(swept),
      ]
    })
  return {
    id: 'sweep',
    title: 'Blocks in which an epoch, a session or an era was due',
    columns: [
      { name: 'unit', kind: 'text' },
      { name: 'block', kind: 'count' },
      { name: 'result', kind: 'text' },
      { name: 'time before', kind: 'ms' },
      { name: 'time', kind: 'ms' },
      { name: 'reads', kind: 'count' },
      { name: 'writes', kind: 'count' },
      { name: 'heap', kind: 'bytes' },
      { name: 'reached', kind: 'text' },
    ],
    rows,
  }
}

function resultText({ result }: SweptBlock['candidate']): string {
  return result.kind === 'built' ? 'built' : `stopped: ${result.outcome.kind}`
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
