import { toSafeText } from '../../../harness/base/safeText.ts'
import type { Claim, ProofResult } from '../judge/index.ts'

/** The verdict as a table for a terminal, a line for each claim. Ends with a line break. */
export function renderProof(result: ProofResult, name: string): string {
  const lines = [
    `consensus ${toSafeText(name)}  sha256 ${result.moduleSha256}`,
    'rules: no trap, stays in its regions, bounded time, bounded memory',
    ...table(result.claims),
    ...result.broken.flatMap(({ input, n }) => [`  input that breaks it, n = ${n}: ${inputText(input)}`]),
    `  assumed: ${result.assumptions.join('; ')}`,
    `  not looked at: ${result.notLookedAt.join('; ')}`,
  ]
  return `${lines.join('\n')}\n`
}

function table(claims: readonly Claim[]): readonly string[] {
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length))
  const claimWidth = widest(claims.map(({ claim }) => claim))
  const aboutWidth = widest(claims.map(({ about }) => about))
  return claims.flatMap(({ word, claim, about, text, hint }) => {
    const line = `  ${word.padEnd(7)}  ${claim.padEnd(claimWidth)}  ${about.padEnd(aboutWidth)}  ${toSafeText(text)}`
    return hint === null ? [line] : [line, `  ${' '.repeat(7)}  ${hint}`]
  })
}

function inputText(input: unknown): string {
  const text = JSON.stringify(input, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  return text.length > 600 ? `${text.slice(0, 600)}…` : text
}
