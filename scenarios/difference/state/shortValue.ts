import type { ChainValue } from '../../../harness/codec/index.ts'

const MOST = 100

/** A decoded value in one short line; what is left out is counted. */
export function shortValue(value: ChainValue | undefined): string {
  if (value === undefined || value === null) return 'none'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= MOST ? text : `${text.slice(0, MOST)}… (${text.length} characters)`
}
