import type { SolverAnswer } from './solver.ts'

/**
 * What a solver printed for `(check-sat)` and `(get-value (…))`. Anything but sat, unsat and unknown as the first word is no
 * verdict: an error that was printed must never count as a proof.
 */
export function parseAnswer(output: string): SolverAnswer {
  const [first = '', ...rest] = output.trimStart().split('\n')
  const word = first.trim()
  if (word === 'unsat') return { kind: 'unsat' }
  if (word === 'sat') return { kind: 'sat', model: parseModel(rest.join('\n')) }
  if (word === 'unknown') return { kind: 'unknown', reason: 'the solver gave up' }
  return { kind: 'unknown', reason: `the solver printed ${JSON.stringify(output.slice(0, 200))}` }
}

const VALUE = /\(\s*([A-Za-z]\w*)\s+(?:#x([0-9a-fA-F]+)|#b([01]+)|\(_\s+bv([0-9]+)\s+[0-9]+\))\s*\)/g

function parseModel(text: string): ReadonlyMap<string, bigint> {
  const model = new Map<string, bigint>()
  for (const [, name, hex, binary, decimal] of text.matchAll(VALUE)) {
    if (name === undefined) continue
    if (hex !== undefined) model.set(name, BigInt(`0x${hex}`))
    else if (binary !== undefined) model.set(name, BigInt(`0b${binary}`))
    else if (decimal !== undefined) model.set(name, BigInt(decimal))
  }
  return model
}

/** The text with its commands, for a program or the file in a certificate. */
export function withCommands(text: string, names: readonly string[]): string {
  const values = names.length === 0 ? '' : `\n(get-value (${names.join(' ')}))`
  return `${text}\n(check-sat)${values}\n`
}
