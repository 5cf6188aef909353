import { InvalidArgumentError } from 'commander'

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
])

/** An option that takes an integer between `min` and `max`. */
export function integerBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}.`)
  }
}

/** An option that takes a time such as `500ms`, `30s` or `5m`; gives milliseconds, at least 1 and at most a day. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text)
  const value = Number(match?.[1]) * (UNIT_MS.get(match?.[2] ?? '') ?? Number.NaN)
  if (value >= 1 && value <= 86_400_000) return value
  throw new InvalidArgumentError('Expected a time of at most a day, such as 500ms, 30s or 5m.')
}

/** An option that takes names separated by commas; empty names are refused, doubles dropped. */
export function nameList(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes(''))
    throw new InvalidArgumentError('Expected names separated by commas, none of them empty.')
  return [...new Set(names)]
}

/** `--state-version`: `auto`, `0` or `1`. */
export function stateVersionOption(text: string): 'auto' | 0 | 1 {
  if (text === 'auto') return 'auto'
  if (text === '0') return 0
  if (text === '1') return 1
  throw new InvalidArgumentError('Expected auto, 0 or 1.')
}
