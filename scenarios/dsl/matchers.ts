import { isDeepStrictEqual } from 'node:util'
import type { ChainEvent, ChainValue } from '../../harness/codec/index.ts'
import type { Submitted } from './scenarioChain.ts'

/** What a call may cost at most; what is left out may be anything. */
export interface CostLimits {
  /** Wall time on this machine. */
  readonly ms?: number
  /** As the runtime says it used. */
  readonly refTimePs?: bigint
  readonly reads?: number
  readonly writes?: number
}

interface MatcherResult {
  readonly pass: boolean
  message(): string
}

function result(pass: boolean, expected: string, received: string): MatcherResult {
  return { pass, message: () => `expected the call ${pass ? 'not ' : ''}to ${expected}, but ${received}` }
}

function outcomeText({ kind, error }: Submitted): string {
  if (kind === 'success') return 'it succeeded'
  return kind === 'failed' ? `it failed with ${error}` : `it was refused: ${error}`
}

/** The call was applied and did not fail. */
export function toSucceed(received: Submitted): MatcherResult {
  return result(received.kind === 'success', 'succeed', outcomeText(received))
}

/** The call failed with this error, such as `Token.FundsUnavailable`, or was refused for it. */
export function toFailWith(received: Submitted, error: string): MatcherResult {
  return result(
    received.kind !== 'success' && received.error === error,
    `fail with ${error}`,
    outcomeText(received),
  )
}

/** An event such as `Balances.Transfer` is among those of the call, or of the blocks; with these fields, when they are given. */
export function toEmit(
  received: Submitted | readonly ChainEvent[],
  name: string,
  fields?: Readonly<Record<string, ChainValue>>,
): MatcherResult {
  const events = 'events' in received ? received.events : received
  const same = events.filter(({ pallet, event }) => `${pallet}.${event}` === name)
  const pass = same.some((one) => fields === undefined || hasFields(one.fields, fields))
  const names = [...new Set(events.map(({ pallet, event }) => `${pallet}.${event}`))]
  const seen =
    same.length > 0
      ? `it was emitted with ${same.map((one) => JSON.stringify(one.fields)).join(' and ')}`
      : `the events are ${names.length === 0 ? 'none' : names.join(', ')}`
  const wanted = fields === undefined ? '' : ` with ${JSON.stringify(fields)}`
  return result(pass, `emit ${name}${wanted}`, seen)
}

function hasFields(value: ChainValue, fields: Readonly<Record<string, ChainValue>>): boolean {
  const own = new Map(Object.entries(value ?? {}))
  return Object.entries(fields).every(([name, field]) => isDeepStrictEqual(own.get(name), field))
}

/** The call cost no more than that. */
export function toStayWithin(received: Submitted, limits: CostLimits): MatcherResult {
  const { cost, refTimePs } = received
  const over = [
    above('ms', cost.wallMs, limits.ms),
    above('reads', cost.reads, limits.reads),
    above('writes', cost.writes, limits.writes),
    above('ps of ref_time', refTimePs, limits.refTimePs),
  ].filter((text) => text !== null)
  const wanted = Object.entries(limits)
    .map(([name, limit]) => `${name} ${limit}`)
    .join(', ')
  return result(
    over.length === 0,
    `stay within ${wanted}`,
    over.length === 0 ? 'it did' : `it took ${over.join(', ')}`,
  )
}

function above<T extends number | bigint>(
  unit: string,
  value: T | null,
  limit: T | undefined,
): string | null {
  return limit !== undefined && value !== null && value > limit ? `${value} ${unit}` : null
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own declaration, which this merges with.
  interface Matchers<T = any> {
    toSucceed(): T
    toFailWith(error: string): T
    toEmit(name: string, fields?: Readonly<Record<string, ChainValue>>): T
    toStayWithin(limits: CostLimits): T
  }
}
