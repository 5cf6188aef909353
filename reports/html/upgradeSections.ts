import type { CheckReport, LogLine, StorageDiffRow, UpgradeResult } from '../checkReport.ts'
import { groupBy } from '../groupBy.ts'
import { formatBytes, formatCount, formatDuration, formatPlural, formatRefTime } from '../text/numbers.ts'
import { clip, EMPTY, html, type Markup, shorten } from './markup.ts'
import { definitions, moreNote, type Section, scrollStart } from './parts.ts'
import type { ReportTables } from './reportTables.ts'

const MAX_LOG_LINES = 200
const MAX_LOG_LENGTH = 400
const MAX_STORAGE_ROWS = 300
/** Of logs, and of names of items, escaped. */
const MAX_TEXT_LENGTH = 80_000
const MAX_ITEM_LENGTH = 200
const LOG_LEVELS = ['off', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE']

/** What the upgrade block did, and the steps of its migrations. */
export function upgradeSection(report: CheckReport, tables: ReportTables): Section | null {
  const steps = tables.take([
    'migrations',
    'settling',
    'settle-steps',
    'migrations-noted',
    'storage-versions',
  ])
  const { upgrade } = report
  if (upgrade === undefined && steps.length === 0) return null
  const body = html`${upgrade === undefined ? EMPTY : costCard(report, upgrade)}${steps.map((data) => tables.drawFolded(data))}
${upgrade === undefined ? EMPTY : logs(upgrade.logs)}`
  return { id: 'upgrade', title: 'Upgrade and migrations', body }
}

function costCard({ blockWeightLimit }: CheckReport, upgrade: UpgradeResult): Markup {
  const { weight } = upgrade
  const declared =
    weight === null
      ? 'unknown'
      : `${formatRefTime(weight.refTimePs)} of ref_time, ${formatCount(weight.proofSizeBytes)} bytes of proof`
  const share =
    weight === null || blockWeightLimit === undefined || blockWeightLimit.refTimePs === 0n
      ? ''
      : ` (${(Number((weight.refTimePs * 1000n) / blockWeightLimit.refTimePs) / 10).toFixed(1)} % of the block's limit)`
  return html`<div class="card"><h3>Migration block ${formatCount(upgrade.blockNumber)}</h3>${definitions([
    ['measured', formatDuration(upgrade.timeMs)],
    ['declared', `${declared}${share}`],
    ['storage', `${formatPlural(upgrade.reads, 'read')}, ${formatPlural(upgrade.writes, 'write')}`],
    ['heap peak', formatBytes(upgrade.heapPeakBytes)],
  ])}</div>`
}

function logs(lines: readonly LogLine[]): Markup {
  if (lines.length === 0) return html`<p class="quiet">The runtime logged nothing in that block.</p>`
  const texts = lines
    .slice(0, MAX_LOG_LINES)
    .map(({ level, target, message }) =>
      clip(`${(LOG_LEVELS[level] ?? String(level)).padEnd(5)} ${target}: ${message}`, MAX_LOG_LENGTH),
    )
  const { shown: text } = shorten(texts, String, { maxCount: MAX_LOG_LINES, maxLength: MAX_TEXT_LENGTH })
  const isShort = text.length <= 12
  return html`<details${isShort ? html` open` : EMPTY}><summary>What the runtime logged in that block (${formatPlural(lines.length, 'line')})</summary>
<pre><code>${text.map((line, index) => (index === 0 ? line : html`\n${line}`))}</code></pre></details>${moreNote(lines.length - text.length, 'line')}`
}

/** What of the metadata the upgrade changes, as the check of it says. */
export function metadataSection(tables: ReportTables): Section | null {
  const own = tables.take(['metadata-diff'])
  const rows = own.reduce((sum, data) => sum + data.rows.length, 0)
  if (own.length === 0) return null
  return {
    id: 'metadata',
    title: 'Metadata changes',
    count: formatCount(rows),
    body: html`${own.map((data) => tables.draw(data, own.length === 1))}`,
  }
}

const KNOWN_TO: Readonly<Record<StorageDiffRow['knownTo'], string>> = {
  both: '',
  old: 'unknown to the candidate',
  new: 'new',
  none: 'unknown to both runtimes',
}

/** What the upgrade changed in storage, by pallet and item. */
export function storageSection({ storageDiff }: CheckReport): Section | null {
  if (storageDiff === undefined) return null
  if (storageDiff.length === 0) {
    return { id: 'storage', title: 'Storage changes', body: html`<p>The upgrade changed no storage.</p>` }
  }
  const limits = { maxCount: MAX_STORAGE_ROWS, maxLength: MAX_TEXT_LENGTH }
  const { shown, hidden } = shorten(storageDiff, ({ item }) => clip(item, MAX_ITEM_LENGTH), limits)
  const pallets = groupBy(shown, ({ item }) => palletOf(item))
  const caption = 'Storage that the upgrade changed, by pallet and item'
  const head = ['item', 'added', 'changed', 'removed', 'bytes before', 'bytes after', 'difference']
  const body = html`${scrollStart(caption)}<table><caption class="unseen">${caption}</caption>
<thead><tr>${head.map((name, index) => html`<th scope="col"${index === 0 ? EMPTY : html` class="n"`}>${name}</th>`)}</tr></thead>
${[...pallets].map(([pallet, rows]) => palletRows(pallet, rows))}</table></div>${moreNote(hidden, 'item')}`
  return { id: 'storage', title: 'Storage changes', count: formatCount(storageDiff.length), body }
}

function palletOf(item: string): string {
  const [pallet, ...rest] = item.split('.')
  return rest.length > 0 && pallet !== undefined && pallet !== '' ? pallet : 'Outside any pallet'
}

type Numbers = Omit<StorageDiffRow, 'item' | 'knownTo'>

function palletRows(pallet: string, rows: readonly StorageDiffRow[]): Markup {
  const total = (field: keyof Numbers) => rows.reduce((sum, row) => sum + row[field], 0)
  const sum: Numbers = {
    added: total('added'),
    changed: total('changed'),
    removed: total('removed'),
    bytesBefore: total('bytesBefore'),
    bytesAfter: total('bytesAfter'),
  }
  return html`<tbody><tr class="group"><th scope="rowgroup">${clip(pallet, MAX_ITEM_LENGTH)}</th>${numberCells(sum)}</tr>
${rows.map(
  (row) => html`<tr class="item"><th scope="row">${clip(shortItem(row.item, pallet), MAX_ITEM_LENGTH)}${
    row.knownTo === 'both' ? EMPTY : html` <span class="id">(${KNOWN_TO[row.knownTo]})</span>`
  }</th>${numberCells(row)}</tr>
`,
)}</tbody>`
}

function shortItem(item: string, pallet: string): string {
  return item.startsWith(`${pallet}.`) ? item.slice(pallet.length + 1) : item
}

function numberCells({ added, changed, removed, bytesBefore, bytesAfter }: Numbers): Markup {
  const cells = [added, changed, removed, bytesBefore, bytesAfter].map((value) =>
    value === 0 ? '–' : formatCount(value),
  )
  const delta = bytesAfter - bytesBefore
  const signed = delta === 0 ? '–' : `${delta > 0 ? '+' : '−'}${formatCount(Math.abs(delta))}`
  return html`${[...cells, signed].map((text) => html`<td class="n">${text}</td>`)}`
}
