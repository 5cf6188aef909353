import type { CheckReport, StorageDiffRow } from './checkReport.ts'
import { groupBy } from './groupBy.ts'
import type { CheckResult } from './model/checkResult.ts'
import { type Finding, isCounted } from './model/finding.ts'
import type { Verdict } from './model/verdict.ts'
import {
  assumptionsOf,
  checksSentence,
  nextSteps,
  orderedFindings,
  ruleName,
  VERDICT_WORDS,
} from './summary.ts'
import { formatFact } from './text/cells.ts'
import { markdownCode, markdownFence, markdownText } from './text/markdownText.ts'
import { formatCount, formatDuration, formatPlural } from './text/numbers.ts'

export interface MarkdownOptions {
  /** Default 900,000: a job summary of GitHub's may have a mebibyte. In bytes of UTF-8. */
  readonly maxBytes?: number
}

const SUMMARY_BYTES = 900_000
/** GitHub takes 65,536 characters. */
const COMMENT_BYTES = 65_000
const MAX_CHECK_ROWS = 100
const MAX_STORAGE_ROWS = 60
const MAX_EVIDENCE_LINES = 30
const MAX_TEXT_LENGTH = 600

const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = {
  ready: '✅',
  review: '🔎',
  notReady: '❌',
  inconclusive: '⚠️',
}

const STATUS_WORDS: Readonly<Record<CheckResult['status'], string>> = {
  passed: '✅ passed',
  review: '🔎 review',
  failed: '❌ failed',
  inconclusive: '⚠️ no result',
  notApplicable: '➖ does not apply',
}

/** The report for a job summary: verdict and checks first, then as many findings as there is room for. */
export function renderMarkdown(
  report: CheckReport,
  { maxBytes = SUMMARY_BYTES }: MarkdownOptions = {},
): string {
  const start = [headline(report), checkTable(report), hashes(report)]
  const end = [storage(report), footer(report)]
  const used = byteLength([...start, ...end].join('\n\n'))
  return `${[...start, ...findingBlocks(report, maxBytes - used), ...end].filter((part) => part !== '').join('\n\n')}\n`
}

/** The report as one comment on a pull request; its first line tells the comment of one network from others. */
export function renderComment(report: CheckReport): string {
  const marker = `${commentMarker(report.inputs.fork.network)}\n`
  return `${marker}${renderMarkdown(report, { maxBytes: COMMENT_BYTES - marker.length })}`
}

/** By what a comment is found again, to be changed in place. */
export function commentMarker(network: string): string {
  const name = network.replace(/[^A-Za-z0-9._]+/g, '-').slice(0, 60) || 'network'
  return `<!-- drydock:${name} -->`
}

function headline(report: CheckReport): string {
  const { fork, runtime } = report.inputs
  const { from, version } = runtime
  const step = `${from.specName} ${from.specVersion} → ${version?.specVersion ?? 'unknown'}`
  const tried = `${text(fork.network)} at block ${formatCount(fork.blockNumber)}`
  return [
    `## ${VERDICT_SIGNS[report.verdict]} ${VERDICT_WORDS[report.verdict]}: ${text(step)}`,
    `${checksSentence(report)} Tried on ${tried}.`,
    nextSteps(report)
      .map((step) => `- ${step}`)
      .join('\n'),
  ].join('\n\n')
}

function checkTable({ checks, notRequested = [] }: CheckReport): string {
  if (checks.length === 0) return ''
  const shown = checks.slice(0, MAX_CHECK_ROWS)
  const rows = shown.map(({ id, title, status, reason, findings, durationMs }) => {
    const why = reason === undefined ? '' : `: ${text(reason)}`
    const count = findings.length === 0 ? '' : formatCount(findings.length)
    return `| ${STATUS_WORDS[status]} | ${markdownCode(id)} ${text(title)}${why} | ${count} | ${formatDuration(durationMs)} |`
  })
  const left = [...groupBy(notRequested, ({ why }) => why)].map(
    ([why, some]) => `${formatPlural(some.length, 'check')} not requested (${text(why)}).`,
  )
  return [
    ['| result | check | findings | time |', '|---|---|---:|---:|', ...rows].join('\n'),
    ...more(checks.length - shown.length, 'check'),
    ...(left.length === 0 ? [] : [left.join(' ')]),
  ].join('\n\n')
}

function hashes({ inputs }: CheckReport): string {
  const { runtime, fork, calls = [] } = inputs
  const rows = [
    ['blake2-256 of the code', runtime.submittedHash],
    ['sha-256 of the code', runtime.sha256],
    ...calls.map(({ name, callHash, note }) => [note === undefined ? name : `${name} (${note})`, callHash]),
    ['state root', fork.stateRoot],
  ]
  const table = rows.map(([name = '', hash = '']) => `| ${text(name)} | ${markdownCode(hash)} |`)
  return fold(
    'Hashes to compare with what is to be signed',
    ['| what | hash |', '|---|---|', ...table].join('\n'),
  )
}

/** As many findings as fit into `maxBytes`, those that count first. */
function findingBlocks(report: CheckReport, maxBytes: number): readonly string[] {
  const all = orderedFindings(report)
  if (all.length === 0) return []
  const blocks = ['### Findings']
  // For the line that says how many are left out.
  let left = maxBytes - byteLength(blocks.join('')) - 200
  for (const [index, finding] of all.entries()) {
    const block = findingBlock(finding)
    left -= byteLength(block) + 2
    if (left < 0) return [...blocks, ...more(all.length - index, 'finding')]
    blocks.push(block)
  }
  return blocks
}

function findingBlock(finding: Finding): string {
  const { accepted, facts, evidence, reproduce } = finding
  const level = accepted === undefined ? finding.severity : `accepted until ${accepted.until}`
  const rows = Object.entries(facts).map(
    ([name, value]) => `- ${text(name)}: ${markdownCode(clip(formatFact(value)))}`,
  )
  const shown = evidence.slice(0, MAX_EVIDENCE_LINES)
  const hidden = evidence.length - shown.length
  const lines = [
    ...shown.map(clip),
    ...(hidden > 0 ? [`… ${formatPlural(hidden, 'more line')} in report.json`] : []),
  ]
  const details = [rows.join('\n'), lines.length === 0 ? '' : markdownFence(lines)].filter(
    (part) => part !== '',
  )
  return [
    `#### ${isCounted(finding) ? '❌ ' : ''}${level}: ${text(finding.title)}`,
    `${markdownCode(ruleName(finding))} ${markdownCode(clip(finding.subject))}`,
    ...(accepted === undefined ? [] : [`Accepted: ${text(accepted.reason)}`]),
    ...(details.length === 0 ? [] : [fold('Facts and evidence', details.join('\n\n'))]),
    markdownFence([clip(reproduce)]),
  ].join('\n\n')
}

function storage({ storageDiff }: CheckReport): string {
  if (storageDiff === undefined || storageDiff.length === 0) return ''
  const shown = storageDiff.slice(0, MAX_STORAGE_ROWS)
  const rows = shown.map(storageRow)
  const head = [
    '| item | added | changed | removed | bytes before | after |',
    '|---|---:|---:|---:|---:|---:|',
  ]
  const table = [...head, ...rows].join('\n')
  const body = [table, ...more(storageDiff.length - shown.length, 'item')].join('\n\n')
  return fold(`Storage that the upgrade changed (${formatPlural(storageDiff.length, 'item')})`, body)
}

function storageRow({ item, added, changed, removed, bytesBefore, bytesAfter }: StorageDiffRow): string {
  const numbers = [added, changed, removed, bytesBefore, bytesAfter].map((value) => formatCount(value))
  return `| ${markdownCode(clip(item))} | ${numbers.join(' | ')} |`
}

function footer(report: CheckReport): string {
  const { tool, durationMs, settings, notes = [] } = report
  const facts = [
    `${text(tool.name)} ${text(tool.version)}`,
    formatDuration(durationMs),
    ...(settings?.profile === undefined ? [] : [`profile ${text(settings.profile)}`]),
  ]
  const lines = [...assumptionsOf(report).map((one) => `Assumed: ${one}`), ...notes].slice(0, 20)
  return [
    ...(lines.length === 0 ? [] : [lines.map((line) => `- ${text(line)}`).join('\n')]),
    `${facts.join(', ')}.`,
  ].join('\n\n')
}

function fold(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
}

function more(hidden: number, singular: string): readonly string[] {
  return hidden > 0 ? [`${formatPlural(hidden, `more ${singular}`)} in report.json.`] : []
}

function text(value: string): string {
  return markdownText(clip(value))
}

function clip(value: string): string {
  return value.length <= MAX_TEXT_LENGTH ? value : `${value.slice(0, MAX_TEXT_LENGTH)} …`
}

function byteLength(value: string): number {
  return Buffer.byteLength(value, 'utf8')
}
