import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ClaimName, ProofResult } from './proofResult.ts'
import { proveModule } from './proveModule.ts'
import { everySmallShape, oneDenseShape } from './shapeFamilies.ts'

const EXAMPLES = new URL('../../consensus/examples/wasm/', import.meta.url)
const GOOD = ['goodMean', 'goodYuma', 'goodYumaSort', 'goodVotes', 'goodAsMean', 'goodAsMeanArray']
/** What is wrong with each, the smallest number of neurons that shows it, and which claims it takes away. */
const BAD: readonly (readonly [string, ClaimName, number, readonly ClaimName[]])[] = [
  ['badIndex', 'no trap', 1, ['no trap']],
  ['badAsIndex', 'no trap', 1, ['no trap']],
  ['badDivZero', 'no trap', 1, ['no trap']],
  ['badWrapZero', 'no trap', 2, ['no trap']],
  ['badRawWrite', 'stays in its regions', 1, ['no trap', 'stays in its regions', 'time', 'memory']],
  ['badEndless', 'time', 1, ['no trap', 'stays in its regions', 'time', 'memory']],
  ['badRecursion', 'no trap', 2, ['no trap', 'stays in its regions', 'time', 'memory']],
]

const prove = (name: string, most: number): Promise<ProofResult> => {
  const wasm = new Uint8Array(readFileSync(new URL(`${name}.wasm`, EXAMPLES)))
  const families = [everySmallShape(most), oneDenseShape(12, 12)]
  return proveModule(wasm, { families, searchRuns: name === 'badWrapZero' ? 20_000 : 4000 })
}

describe('examples', () => {
  it.each(GOOD)(
    '%s is proved for every small shape',
    async (name) => {
      const { verdict, claims, families, law } = await prove(name, 2)
      expect(verdict).toBe('PROVED')
      expect(claims.filter(({ word }) => word === 'PROVED')).toHaveLength(8)
      expect(families[0]).toMatchObject({ shapes: 12, walked: 12, ended: 12, open: [], stop: null })
      expect(law?.kind).toBe(name === 'goodYumaSort' ? 'power' : 'polynomial')
    },
    180_000,
  )

  it.each(BAD)(
    '%s is broken, and the claims that are false are not proved',
    async (name, rule, n, lost) => {
      const { verdict, claims, broken } = await prove(name, 2)
      expect(verdict).toBe('BROKEN')
      expect(broken.filter((one) => one.rule === rule).map((one) => one.n)).toContain(n)
      const proved = claims.filter(({ word, about }) => word === 'PROVED' && about.startsWith('every'))
      for (const claim of lost) expect(proved.map((one) => one.claim)).not.toContain(claim)
    },
    180_000,
  )

  it('a cubic law does not fit into a block, and memory by the square of n does not fit at all', async () => {
    const cubic = await prove('badCubic', 1)
    expect(cubic).toMatchObject({ verdict: 'BROKEN', law: { kind: 'polynomial', degree: 3 } })
    expect(cubic.broken).toMatchObject([{ rule: 'time' }])
    const square = await prove('badAlloc', 1)
    expect(square.verdict).toBe('BROKEN')
    expect(square.broken).toMatchObject([{ rule: 'memory' }])
  }, 180_000)
})
