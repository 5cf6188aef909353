import { describe, expect, it } from 'vitest'
import { exampleModule } from '../examples/exampleModule.testkit.ts'
import { counterexampleFromJson, counterexampleToJson } from './counterexample.ts'
import { type FuzzConsensusOptions, fuzzConsensus } from './fuzzConsensus.ts'
import { counterexampleOf, replayCounterexample } from './replayCounterexample.ts'

/** Small enough for a gate; the defaults look further. */
const QUICK: FuzzConsensusOptions = {
  runs: 1000,
  runsAfterFinding: 0,
  seed: 7,
  largest: { maxN: 256, cap: 8 },
  fuelBudget: 100_000_000,
}

interface Expected {
  readonly name: string
  readonly property: string
  /** The fewest neurons that can show it. */
  readonly n: number
  /** Executions, most. */
  readonly within: number
  readonly message: RegExp
}

const FAULTY: readonly Expected[] = [
  {
    name: 'badIndex',
    property: 'trap',
    n: 1,
    within: 200,
    message: /run > core::panicking::panic_bounds_check/,
  },
  { name: 'badDivZero', property: 'trap', n: 1, within: 200, message: /core::panicking::panic/ },
  { name: 'badWrapZero', property: 'trap', n: 2, within: 400, message: /core::panicking::panic/ },
  { name: 'badRawWrite', property: 'regions', n: 1, within: 200, message: /changes a gap between regions/ },
  { name: 'badEndless', property: 'time', n: 1, within: 200, message: /passes its limit of 5000000/ },
  { name: 'badRecursion', property: 'trap', n: 2, within: 300, message: /call stack.* in consensus::last/ },
  { name: 'badAsIndex', property: 'trap', n: 1, within: 200, message: /unreachable/ },
]

const GOOD = ['goodMean', 'goodYuma', 'goodYumaSort', 'goodVotes', 'goodAsMean', 'goodAsMeanArray']

describe('fuzzConsensus', () => {
  it.each(FAULTY)('finds the fault of $name in $n neurons', ({ name, property, n, within, message }) => {
    const { findings, searched } = fuzzConsensus(exampleModule(name), QUICK)
    const found = findings[0]
    expect(found).toMatchObject({ property, n, message: expect.stringMatching(message) })
    expect(found?.foundAfter).toBeLessThan(within)
    expect(searched?.edges.seen).toBeGreaterThan(20)
  })

  it('finds n³ in how instructions grow, with a run that shows it', () => {
    const { findings, searched } = fuzzConsensus(exampleModule('badCubic'), { ...QUICK, runs: 100 })
    expect(searched?.growth?.law).toMatchObject({ kind: 'polynomial', degree: 3 })
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      property: 'time',
      message: expect.stringMatching(/With \d+ neurons and rows of 8/),
    })
    // 22 n³ is the budget at 165.
    expect(findings[0]?.n).toBeGreaterThanOrEqual(160)
    expect(findings[0]?.n).toBeLessThanOrEqual(170)
  })

  it('finds n² of memory at the first subnet that lacks a page', () => {
    const options = { ...QUICK, runs: 100, maxPages: 8 }
    const { findings } = fuzzConsensus(exampleModule('badAlloc'), options)
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      property: 'memoryLimit',
      message: expect.stringContaining('needs 9 pages'),
    })
    const fewer = fuzzConsensus(exampleModule('badAlloc'), {
      ...options,
      largest: { maxN: (findings[0]?.n ?? 0) - 1, cap: 8 },
    })
    expect(fewer.findings).toEqual([])
  })

  it.each(GOOD)('finds nothing in %s', (name) => {
    const reference = name.startsWith('goodYuma') ? 'yuma' : null
    const { findings, problems, searched } = fuzzConsensus(exampleModule(name), {
      ...QUICK,
      reference,
    })
    expect(findings).toEqual([])
    expect(problems).toEqual([])
    expect(searched?.executions).toBeGreaterThanOrEqual(1000)
    expect(searched?.growth?.atLargest?.kind).toBe('MEASURED')
  })

  it('says where a function that is not Yuma differs from it', () => {
    const { findings } = fuzzConsensus(exampleModule('goodMean'), { ...QUICK, reference: 'yuma' })
    expect(findings[0]).toMatchObject({
      property: 'reference',
      n: 1,
      message: expect.stringMatching(/; Yuma gives \d+\.$/),
    })
  })

  it('gives the same result for the same seed, and another for another', () => {
    const run = (seed: number) =>
      fuzzConsensus(exampleModule('badWrapZero'), { ...QUICK, runs: 600, runsAfterFinding: 200, seed })
    expect(run(3)).toEqual(run(3))
    expect(run(3).searched?.executions).not.toBe(0)
    expect(JSON.stringify(run(3), big)).not.toBe(JSON.stringify(run(4), big))
  })

  it('refuses what is not a module of the ABI, and says why', () => {
    const result = fuzzConsensus(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))
    expect(result.searched).toBeNull()
    expect(result.problems.map(({ rule }) => rule)).toContain('memory')
  })
})

describe('counterexamples', () => {
  const wasm = exampleModule('badWrapZero')
  const { findings, moduleSha256 } = fuzzConsensus(wasm, QUICK)
  const [finding] = findings
  if (finding === undefined) throw new Error('the example has a fault')
  const example = counterexampleOf(finding, moduleSha256)

  it('are files that show the fault again', () => {
    const read = counterexampleFromJson(counterexampleToJson(example))
    expect(read).toEqual(example)
    expect(replayCounterexample(wasm, example)).toMatchObject({
      kind: 'fails',
      violation: { site: finding.site },
    })
  })

  it('pass where the fault is not', () => {
    expect(replayCounterexample(exampleModule('goodMean'), example)).toEqual({ kind: 'passes' })
  })

  it('of a lack of memory replay with the same limit', () => {
    const alloc = exampleModule('badAlloc')
    const options = { ...QUICK, runs: 100, maxPages: 8 }
    const found = fuzzConsensus(alloc, options)
    const [lack] = found.findings
    if (lack === undefined) throw new Error('the example has a fault')
    const one = counterexampleOf(lack, found.moduleSha256, options)
    expect(replayCounterexample(alloc, one).kind).toBe('fails')
    expect(replayCounterexample(alloc, { ...one, limits: { ...one.limits, pages: 16 } }).kind).toBe('passes')
  })

  it('are refused when they are damaged', () => {
    const text = counterexampleToJson(example)
    expect(counterexampleFromJson('{')).toBeNull()
    expect(
      counterexampleFromJson(text.replace(/"stake": "\d+"/, '"stake": "18446744073709551616"')),
    ).toBeNull()
    expect(counterexampleFromJson(text.replace(/"kappa": \d+/, '"kappa": 65536'))).toBeNull()
  })
})

const big = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
