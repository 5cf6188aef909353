import { formatPlural } from '../text/numbers.ts'
import { EMPTY, html, type Markup } from './markup.ts'

export interface Series {
  readonly name: string
  /** As many as there are positions; null where there is no value. */
  readonly values: readonly (number | null)[]
}

export interface ChartLimit {
  readonly name: string
  readonly value: number
}

export interface ChartParts {
  readonly title: string
  /** What the horizontal axis counts, such as `block`. */
  readonly xName: string
  /** Names of the positions, at least one. */
  readonly xs: readonly string[]
  readonly series: readonly Series[]
  readonly limits: readonly ChartLimit[]
  format(value: number): string
  /** The same numbers as a table, when they are in none that follows. */
  readonly data?: Markup
}

const MAX_POINTS = 300
const MAX_SERIES = 4
/** A limit further above the values than this would press them flat; it is said in words. */
const LIMIT_REACH = 3
const WIDTH = 1000
const HEIGHT = 200

/**
 * Lines over positions, with limits. The drawing stretches with the page and holds no text: names and scales are text of the
 * page. What it shows is also there in words and as a table.
 */
export function chart(parts: ChartParts): Markup {
  const series = parts.series
    .slice(0, MAX_SERIES)
    .filter(({ values }) => values.some((value) => value !== null))
  const largest = Math.max(0, ...series.map(({ values }) => maximum(values)))
  if (series.length === 0 || parts.xs.length === 0) return EMPTY
  const near = parts.limits.filter(({ value }) => value <= largest * LIMIT_REACH)
  const far = parts.limits.filter(({ value }) => value > largest * LIMIT_REACH)
  const top = niceTop(Math.max(largest, ...near.map(({ value }) => value)))
  return html`<figure><figcaption>${parts.title}</figcaption>
<p class="quiet">${describe(parts, series)}${farLimits(parts, far, largest)}</p>
${legend(series)}<div class="chart"><div class="ys" aria-hidden="true">${[1, 0.5, 0].map((share) => html`<span style="top:${percent(1 - share)}">${axisText(parts.format(top * share))}</span>`)}</div>
<div class="plot"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${parts.title}: ${describe(parts, series)}">
<path class="grid" d="M0 ${HEIGHT / 2}H${WIDTH}"/>${series.map((one, index) => drawSeries(one, index, top))}
${near.map(({ value }) => html`<path class="limit" d="M0 ${round(y(value, top))}H${WIDTH}"/>`)}</svg>
${near.map(({ name, value }) => html`<span class="limitname" style="top:${percent(y(value, top) / HEIGHT)}">${name} ${parts.format(value)}</span>`)}</div>
<div class="xs" aria-hidden="true">${axis(parts)}</div></div>${
    parts.data === undefined
      ? EMPTY
      : html`
<details><summary>The numbers of this chart</summary>${parts.data}</details>`
  }</figure>`
}

function describe(parts: ChartParts, series: readonly Series[]): string {
  const [first] = series
  if (first === undefined) return ''
  const values = first.values.filter((value) => value !== null)
  const highest = maximum(first.values)
  const at = parts.xs[first.values.indexOf(highest)] ?? ''
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  const name = series.length === 1 ? '' : `${first.name}: `
  return `${name}${formatPlural(values.length, parts.xName)}, median ${parts.format(middle)}, highest ${parts.format(highest)} at ${parts.xName} ${at}.`
}

function farLimits({ format }: ChartParts, far: readonly ChartLimit[], largest: number): Markup {
  if (far.length === 0) return EMPTY
  const names = far.map(({ name, value }) => {
    const times = largest > 0 ? ` (${multiple(value / largest)} the highest)` : ''
    return `${name} ${format(value)}${times}`
  })
  return html` Above this scale: ${names.join(', ')}.`
}

function axis({ xs, xName }: ChartParts): Markup {
  const first = html`<span>${xName} ${xs[0] ?? ''}</span>`
  return xs.length === 1 ? first : html`${first}<span>${xs.at(-1) ?? ''}</span>`
}

function legend(series: readonly Series[]): Markup {
  if (series.length < 2) return EMPTY
  return html`<ul class="legend">${series.map(
    ({ name }, index) =>
      html`<li><svg viewBox="0 0 32 8" aria-hidden="true"><path class="path c${index} d${index}" d="M1 4H31"/></svg>${name}</li>`,
  )}</ul>`
}

function drawSeries({ values }: Series, index: number, top: number): Markup {
  const points = thin(values)
  const x = (at: number) =>
    round(WIDTH * (points.length === 1 ? 0.5 : 0.01 + (0.98 * at) / (points.length - 1)))
  let path = ''
  let dots = ''
  for (const [at, value] of points.entries()) {
    if (value === null) continue
    const joins = at > 0 && points[at - 1] !== null
    path += `${joins ? 'L' : 'M'}${x(at)} ${round(y(value, top))}`
    dots += `M${x(at)} ${round(y(value, top))}h0`
  }
  const marks = points.length <= 60 ? html`<path class="dots c${index}" d="${dots}"/>` : EMPTY
  return html`<path class="path c${index} d${index}" d="${path}"/>${marks}`
}

/** At most `MAX_POINTS` values: of neighbors, the highest, so that no peak is lost. */
function thin(values: readonly (number | null)[]): readonly (number | null)[] {
  if (values.length <= MAX_POINTS) return values
  const step = values.length / MAX_POINTS
  return Array.from({ length: MAX_POINTS }, (_, index) => {
    const bucket = values.slice(Math.floor(index * step), Math.floor((index + 1) * step))
    return bucket.every((value) => value === null) ? null : maximum(bucket)
  })
}

function maximum(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => (value !== null && value > most ? value : most), 0)
}

/** The next of 1, 2, 5, 10 … that is not below; 1 for nothing. */
function niceTop(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value * 1.02)
  return (step ?? 12) * power
}

function y(value: number, top: number): number {
  return HEIGHT * (1 - Math.min(value / top, 1))
}

/** `2.00 s` as `2 s`: a scale has little room. */
function axisText(text: string): string {
  return text.replace(/\.0+(?= )/, '')
}

function multiple(factor: number): string {
  return factor >= 10 ? `${Math.round(factor)} times` : `${factor.toFixed(1)} times`
}

function percent(share: number): string {
  return `${round(share * 100)}%`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
