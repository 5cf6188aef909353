import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Facts, Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { type BlockTime, shortestMs, type TimedPair, timedPairs } from '../sweep/blockTimes.ts'
import { sweptBlocks } from '../sweep/index.ts'
import { undeclaredWeights } from '../sweep/undeclaredWeight.ts'

const PS_PER_MS = 1_000_000_000
/** This part of the warning limit is the least by which a slower block matters. */
const MATTERS_PART = 20
/** Blocks that are measured again, the slowest of their unit each. */
const MEASURED_AGAIN = 8
const TIMES = 3

export const blocksTime: Check = defineCheck({
  id: 'blocks.time',
  title: 'Blocks stay within their share of the slot and their declared weight',
  why: 'Bittensor stopped on 20 May 2025 at block 5,611,658, which cost far more time than the weight that it declared.',
  rules: [
    {
      id: 'slow',
      severity: 'error',
      says: 'A block takes longer than its share of the slot, on this machine; a warning when it is close to it, or took as long before the upgrade.',
    },
    {
      id: 'slower',
      severity: 'error',
      says: 'A block takes many times as long as without the upgrade, by enough milliseconds to matter.',
    },
    {
      id: 'undeclared',
      severity: 'error',
      says: 'A block declares a small part of the weight that it declared before the upgrade, for the same storage accesses.',
    },
    {
      id: 'aboveLimit',
      severity: 'error',
      says: "By the runtime's DbWeight, the storage accesses of a block alone pass the block's limit, and did not before the upgrade; a warning when the cost before is unknown.",
    },
  ],
  needs: sweptBlocks,
  profile: 'full',
  async run(context, sweep): Promise<CheckAnswer> {
    const pairs = timedPairs(sweep.blocks)
    const usual = pairs.filter(({ migrates }) => !migrates)
    if (usual.length === 0) {
      return {
        kind: 'inconclusive',
        reason: 'no block after the migrations could be built, so none was timed',
      }
    }
    const measured = await measureAgain(context, usual)
    const findings = [
      ...slow(context, measured),
      ...slower(context, measured),
      ...undeclared(context, pairs),
      ...aboveLimit(context, usual),
    ]
    return {
      kind: 'ran',
      findings,
      measures: measures(pairs),
      tables: [table(pairs)],
      assumptions: ['Times were measured on this machine: a validator may be faster or slower.'],
    }
  },
})

interface Measured {
  readonly pair: TimedPair
  readonly ms: number
  /** Null without a block to compare with. */
  readonly controlMs: number | null
}

/** The slowest block of each unit that may be too slow, with shortest times. */
async function measureAgain(
  context: CheckContext,
  pairs: readonly TimedPair[],
): Promise<readonly Measured[]> {
  const least = mattersMs(context)
  const suspects = slowestOfUnits(pairs).filter(({ candidate }) => candidate.ms >= least)
  const measured: Measured[] = []
  for (const pair of suspects.slice(0, MEASURED_AGAIN)) {
    context.signal.throwIfAborted()
    context.progress(`measuring block ${pair.swept.number} again`)
    const ms = await shortestMs(pair.candidate, TIMES)
    const controlMs = pair.control === null ? null : await shortestMs(pair.control, TIMES)
    measured.push({ pair, ms, controlMs })
  }
  return measured
}

function mattersMs({ limits }: CheckContext): number {
  return limits.blockWarnMs / MATTERS_PART
}

/** Slowest first. */
function slowestOfUnits(pairs: readonly TimedPair[]): readonly TimedPair[] {
  const slowest = new Map<string, TimedPair>()
  for (const pair of [...pairs].sort((a, b) => b.candidate.ms - a.candidate.ms)) {
    const subject = subjectOf(pair)
    if (!slowest.has(subject)) slowest.set(subject, pair)
  }
  return [...slowest.values()]
}

function subjectOf({ swept }: TimedPair): string {
  return swept.units[0] ?? 'block'
}

function blockText({ swept }: TimedPair): string {
  const due = swept.units.length === 0 ? '' : ` (${swept.units.join(', ')})`
  return `Block ${swept.number}${due}`
}

function slow(context: CheckContext, measured: readonly Measured[]): Finding[] {
  const { blockWarnMs, blockFailMs } = context.limits
  return measured
    .filter(({ ms }) => ms >= blockWarnMs)
    .map(({ pair, ms, controlMs }) => {
      const isNew = (controlMs ?? 0) < blockFailMs
      const severity = ms >= blockFailMs && isNew ? 'error' : 'warning'
      return createFinding(blocksTime, context, {
        rule: 'slow',
        severity,
        subject: subjectOf(pair),
        title: `${blockText(pair)} takes ${round(ms)} ms on this machine (warn ${blockWarnMs}, fail ${blockFailMs}), ${controlText(controlMs)}`,
        facts: { block: pair.swept.number, ms: round(ms), controlMs: roundOrNull(controlMs) },
      })
    })
}

function slower(context: CheckContext, measured: readonly Measured[]): Finding[] {
  const { slowdownFactor } = context.limits
  return measured.flatMap(({ pair, ms, controlMs }) => {
    if (controlMs === null || ms - controlMs < mattersMs(context) || ms < controlMs * slowdownFactor)
      return []
    const factor = Math.round((ms / controlMs) * 10) / 10
    return [
      createFinding(blocksTime, context, {
        rule: 'slower',
        subject: subjectOf(pair),
        title: `${blockText(pair)} takes ${factor} times as long as without the upgrade: ${round(ms)} ms instead of ${round(controlMs)} ms, the shortest of ${TIMES + 1} runs each`,
        facts: {
          block: pair.swept.number,
          ms: round(ms),
          controlMs: round(controlMs),
          factor,
          slowdownFactor,
        },
      }),
    ]
  })
}

/** One finding: it is the runtime that no longer declares. */
function undeclared(context: CheckContext, pairs: readonly TimedPair[]): Finding[] {
  const found = undeclaredWeights(pairs, context.limits.weightFactor)
  const worst = [...found].sort((a, b) => (a.storagePs < b.storagePs ? 1 : -1))[0]
  if (worst === undefined) return []
  const { pair, declaredPs, controlDeclaredPs, storagePs } = worst
  const units = [...new Set(found.flatMap(({ pair: { swept } }) => swept.units))]
  return [
    createFinding(blocksTime, context, {
      rule: 'undeclared',
      subject: 'on_initialize',
      title: `${blockText(pair)} declares ${toMs(declaredPs)} ms of weight instead of ${toMs(controlDeclaredPs)} ms, while its storage accesses come to ${toMs(storagePs)} ms by the runtime's DbWeight, as before the upgrade`,
      facts: {
        block: pair.swept.number,
        declaredMs: toMs(declaredPs),
        controlDeclaredMs: toMs(controlDeclaredPs),
        storageModelMs: toMs(storagePs),
        blocks: found.length,
        units: units.slice(0, 10).join(', '),
      },
    }),
  ]
}

function aboveLimit(context: CheckContext, pairs: readonly TimedPair[]): Finding[] {
  const above = pairs.filter(({ candidate, control }) => {
    return isAboveLimit(candidate) && (control === null || !isAboveLimit(control))
  })
  const found = new Map(above.map((pair) => [subjectOf(pair), pair] as const))
  return [...found.values()].map((pair) => {
    const { storagePs, limitPs } = pair.candidate
    const before = pair.control?.storagePs ?? null
    return createFinding(blocksTime, context, {
      rule: 'aboveLimit',
      ...(pair.control === null ? { severity: 'warning' as const } : {}),
      subject: subjectOf(pair),
      title: `${blockText(pair)} has storage accesses for ${toMs(storagePs)} ms by the runtime's DbWeight, above the ${toMs(limitPs)} ms of a whole block; ${before === null ? 'the cost before the upgrade is unknown' : `without the upgrade ${toMs(before)} ms`}`,
      facts: { block: pair.swept.number, modeledMs: toMs(storagePs), limitMs: toMs(limitPs) },
    })
  })
}

function isAboveLimit({ storagePs, limitPs }: BlockTime): boolean {
  return storagePs !== null && limitPs !== null && storagePs > limitPs
}

function measures(pairs: readonly TimedPair[]): Facts {
  const times = pairs.map(({ candidate }) => candidate.ms).sort((a, b) => a - b)
  const before = pairs.flatMap(({ control }) => (control === null ? [] : [control.ms])).sort((a, b) => a - b)
  return {
    timesAreOf: 'this machine',
    blocks: pairs.length,
    medianMs: round(times[times.length >> 1] ?? 0),
    slowestMs: round(times.at(-1) ?? 0),
    medianBeforeMs: round(before[before.length >> 1] ?? 0),
    slowestBeforeMs: round(before.at(-1) ?? 0),
    blocksAboveLimitBefore: pairs.filter(({ control }) => control !== null && isAboveLimit(control)).length,
  }
}

function table(pairs: readonly TimedPair[]): DataTable {
  return {
    id: 'block-times',
    title: 'Time and weight of blocks, with and without the upgrade (times measured on this machine)',
    columns: [
      { name: 'block', kind: 'count' },
      { name: 'due', kind: 'text' },
      { name: 'time', kind: 'ms' },
      { name: 'time before', kind: 'ms' },
      { name: 'declared', kind: 'ms' },
      { name: 'declared before', kind: 'ms' },
      { name: 'storage by DbWeight', kind: 'ms' },
    ],
    rows: pairs.map(({ swept, candidate, control }) => [
      swept.number,
      swept.units.join(', '),
      round(candidate.ms),
      roundOrNull(control?.ms ?? null),
      toMs(candidate.declaredPs),
      toMs(control?.declaredPs ?? null),
      toMs(candidate.storagePs),
    ]),
  }
}

function controlText(controlMs: number | null): string {
  return controlMs === null
    ? 'with no block to compare it with'
    : `without the upgrade ${round(controlMs)} ms`
}

function toMs(ps: bigint | null): number | null {
  return ps === null ? null : round(Number(ps) / PS_PER_MS)
}

function roundOrNull(ms: number | null): number | null {
  return ms === null ? null : round(ms)
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
