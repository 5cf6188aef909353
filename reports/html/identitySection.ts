import type { CheckReport, ForkInput, RuntimeInput, RuntimeVersionNumbers } from '../checkReport.ts'
import { formatBytes, formatCount, formatDuration, formatPlural, formatTime } from '../text/numbers.ts'
import { clip, EMPTY, html, type Markup } from './markup.ts'
import { definitions, hash, type Section, table } from './parts.ts'
import type { ReportTables } from './reportTables.ts'

const MAX_TEXT_LENGTH = 400
const MAX_NAME_LENGTH = 100

/** What ran on what: the candidate, the chain state, the run. */
export function identitySection(report: CheckReport): Section {
  const { fork, runtime } = report.inputs
  const body = html`<div class="cards">${runtimeCard(runtime)}${forkCard(fork)}${runCard(report)}<div>${versionTable(runtime)}</div></div>`
  return { id: 'identity', title: 'What was tested', body }
}

function runtimeCard(runtime: RuntimeInput): Markup {
  return html`<div class="card"><h3>Candidate runtime</h3>${definitions([
    ['file', clip(runtime.source, MAX_TEXT_LENGTH)],
    ['size', `${formatBytes(runtime.sizeBytes)} (${formatCount(runtime.sizeBytes)} bytes)`],
    ['blake2-256', hash(runtime.submittedHash)],
    ['sha-256', hash(runtime.sha256)],
  ])}</div>`
}

function forkCard(fork: ForkInput): Markup {
  return html`<div class="card"><h3>Chain state</h3>${definitions([
    ['network', clip(fork.network, MAX_TEXT_LENGTH)],
    ['from', clip(fork.source, MAX_TEXT_LENGTH)],
    ['block', formatCount(fork.blockNumber)],
    ['block hash', hash(fork.blockHash)],
    ['genesis', fork.genesisHash === null ? 'unknown' : hash(fork.genesisHash)],
    ['state root', hash(fork.stateRoot)],
    ['keys', `${formatCount(fork.keyCount)} (state version ${fork.stateVersion})`],
  ])}</div>`
}

function runCard(report: CheckReport): Markup {
  const { tool, machine, settings = {}, shard, mergedFrom } = report
  const limits = Object.entries(settings.limits ?? {})
  return html`<div class="card"><h3>Run</h3>${definitions([
    ['tool', clip(`${tool.name} ${tool.version}`, MAX_NAME_LENGTH)],
    ['started', formatTime(report.startedAt)],
    ['took', formatDuration(report.durationMs)],
    [
      'machine',
      machine &&
        clip(`${machine.cpu}, ${formatPlural(machine.cores, 'core')}, Node ${machine.node}`, MAX_TEXT_LENGTH),
    ],
    ['shard', shard && `${shard.index} of ${shard.count}`],
    ['merged from', mergedFrom && formatPlural(mergedFrom.length, 'shard')],
    ['profile', settings.profile && clip(settings.profile, MAX_NAME_LENGTH)],
    ['seed', settings.seed],
    ['blocks', settings.blockCount],
    ['call deadline', settings.deadlineMs === undefined ? undefined : formatDuration(settings.deadlineMs)],
    [
      'limits',
      limits.length === 0
        ? undefined
        : clip(limits.map(([name, value]) => `${name} ${value}`).join(', '), MAX_TEXT_LENGTH * 2),
    ],
  ])}</div>`
}

const VERSION_ROWS: readonly (readonly [keyof RuntimeVersionNumbers, string])[] = [
  ['specName', 'spec name'],
  ['implName', 'impl name'],
  ['specVersion', 'spec version'],
  ['implVersion', 'impl version'],
  ['authoringVersion', 'authoring version'],
  ['transactionVersion', 'transaction version'],
  ['stateVersion', 'state version'],
]

function versionTable({ from, version }: RuntimeInput): Markup {
  const rows = VERSION_ROWS.map(([field, name]) => {
    const old = clip(String(from[field]), MAX_NAME_LENGTH)
    const fresh = version === null ? 'unknown' : clip(String(version[field]), MAX_NAME_LENGTH)
    return [name, old, fresh, fresh === old ? '' : 'changed']
  })
  return table({
    caption: 'Runtime version',
    columns: ['field', 'on chain', 'candidate', 'difference'].map((name) => ({
      name,
      wordLength: name.length,
    })),
    rows,
  })
}

/** The hashes to compare with what is to be signed, and what checks say of the proposal. */
export function proposalSection(report: CheckReport, tables: ReportTables): Section | null {
  const { calls = [], runtime } = report.inputs
  const own = tables.take(['proposal', 'proposal-steps'])
  // The same calls, by the check of proposals.
  const ways = tables.take(['ways-to-upgrade'])
  if (calls.length + own.length + ways.length === 0) return null
  const code = [html`the code itself<span class="what id">what authorize_upgrade takes</span>`]
  const rows = calls.map(({ name, callHash, sizeBytes, note }) => [
    html`<code>${clip(name, MAX_NAME_LENGTH)}</code>${note === undefined ? EMPTY : html`<span class="what id">${clip(note, MAX_NAME_LENGTH)}</span>`}`,
    hash(callHash),
    formatCount(sizeBytes),
  ])
  const calledTable = table({
    caption: 'Calls that install this candidate',
    columns: [
      { name: 'call', wordLength: 20 },
      { name: 'blake2-256', wordLength: 28 },
      { name: 'bytes', isNumber: true },
    ],
    rows: [[...code, hash(runtime.submittedHash), formatCount(runtime.sizeBytes)], ...rows],
  })
  const body = html`<p>Whoever signs compares the hash of the proposed call with the one here.</p>
${calls.length === 0 ? ways.map((data) => tables.draw(data)) : calledTable}${own.map((data) => tables.draw(data))}`
  return { id: 'proposal', title: 'Hashes to compare before signing', body }
}
