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

/** `--profile`: `quick` or `full`. */
export function profileOption(text: string): 'quick' | 'full' {
  if (text === 'quick' || text === 'full') return text
  throw new InvalidArgumentError('Expected quick or full.')
}

/** `--review-is`: `ready` or `notReady`. */
export function reviewOption(text: string): 'ready' | 'notReady' {
  if (text === 'ready' || text === 'notReady') return text
  throw new InvalidArgumentError('Expected ready or notReady.')
}

/** `--shard`: part `i` of `n`, from 1. */
export function shardOption(text: string): { readonly index: number; readonly count: number } {
  const match = /^(\d{1,3})\/(\d{1,3})$/.exec(text)
  const [index, count] = [Number(match?.[1]), Number(match?.[2])]
  if (index >= 1 && index <= count) return { index, count }
  throw new InvalidArgumentError('Expected a part of a whole such as 1/3, counted from 1.')
}

/** A day as `YYYY-MM-DD`. */
export function dateOption(text: string): string {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null
  if (date !== null && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)) return text
  throw new InvalidArgumentError('Expected a day such as 2026-12-31.')
}

/** A 32-byte hash as 0x-hex. */
export function hashOption(text: string): string {
  if (/^0x[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  throw new InvalidArgumentError('Expected a hash of 32 bytes as 0x-hex.')
}
