import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConsensusInput, type ConsensusOutput, type Shape, shapeOf } from '../abi/index.ts'
import { consensusInputs, regularInput } from '../inputs/index.ts'
import type { RunResult } from '../machine/index.ts'
import { yuma } from '../reference/index.ts'
import { agreement, isWellFormed } from './agreement.ts'
import { COMPARISONS } from './comparisons.ts'
import { ENDINGS } from './endings.ts'
import { monotonies } from './monotony.ts'
import { permutation, permuteInput } from './permuteInput.ts'
import type { ConsensusProperty, Trial, Violation } from './property.ts'
import { SUMS } from './sums.ts'

const INPUT = regularInput(4, { rowLength: 3 })
const SHAPE: Shape = { maxN: 7, cap: 9 }
const ALL = [...ENDINGS, ...SUMS, ...COMPARISONS, ...monotonies(yuma), agreement('Yuma', yuma)]

/** What a function written in TypeScript may look at beside its input: it stands for bytes that have no meaning, and for room. */
interface Place {
  readonly seed: number
  readonly shape: Shape
}
type Candidate = (input: ConsensusInput, place: Place) => ConsensusOutput | Partial<RunResult>

function trialOf(candidate: Candidate): Trial {
  return {
    shape: SHAPE,
    run: (input, { seed = 1, shape = SHAPE } = {}) => {
      const answer = candidate(input, { seed, shape })
      const measured = { fuel: 1, pages: 1 }
      // SAFETY: the tests below give whole results in parts.
      if (!('consensus' in answer))
        return { strayWrite: null, output: yuma(input), ...measured, ...answer } as RunResult
      return { kind: 'returned', output: answer, strayWrite: null, ...measured }
    },
  }
}

function check(
  id: string,
  candidate: Candidate,
  at: { input?: ConsensusInput; variation?: number } = {},
): Violation | null {
  const { input = INPUT, variation = 0 } = at
  const trial = trialOf(candidate)
  const property = ALL.find((one: ConsensusProperty) => one.id === id)
  if (property === undefined) throw new Error(`no property is called ${id}`)
  return property.check(trial, { input, result: trial.run(input), variation })
}

/** Yuma, with one part of its output changed. */
const changed =
  (
    change: (output: ConsensusOutput, input: ConsensusInput, place: Place) => Partial<ConsensusOutput>,
  ): Candidate =>
  (input, place) => {
    const output = yuma(input)
    return { ...output, ...change(output, input, place) }
  }

describe('every property', () => {
  it('has an id of its own', () => {
    expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length)
  })

  it.each(ALL.map(({ id }) => id))('%s holds for Yuma, on all kinds of inputs', (id) => {
    fc.assert(
      fc.property(consensusInputs({ maxN: 5 }), fc.nat(), (input, variation) => {
        expect(check(id, yuma, { input, variation })).toBeNull()
      }),
      { numRuns: 60, seed: 5 },
    )
  })
})

describe('each property is broken by its fault', () => {
  it('trap', () => {
    const trapped: Candidate = () => ({
      kind: 'trapped',
      reason: 'unreachable',
      message: 'unreachable',
      stack: ['f', 'f', 'run'],
    })
    expect(check('trap', trapped)).toEqual({
      message: 'The run ends with "unreachable" in run > f.',
      site: 'unreachable f run',
    })
  })

  it('time, room, abi, regions', () => {
    expect(check('time', () => ({ kind: 'fuelLimit', limit: 5 }))?.message).toBe(
      'The run passes its limit of 5 instructions.',
    )
    expect(check('room', () => ({ kind: 'noRoom', blockBytes: 9 }))?.message).toBe(
      '`alloc` has no room for 9 bytes.',
    )
    expect(check('abi', () => ({ kind: 'abiBroken', message: 'It breaks.' }))?.message).toBe('It breaks.')
    const stray: Candidate = () => ({ kind: 'returned', strayWrite: { where: 'the input', offset: 3 } })
    expect(check('regions', stray)?.message).toBe('The run changes the input, at byte 3.')
  })

  it.each([
    [[65_535, 0, 0, 0], null],
    [[65_535, 1, 0, 0], 'The incentive sum to 65536; more than 65,535 pays more than the emission.'],
    [[65_531, 0, 0, 0], null],
    [[65_530, 0, 0, 0], 'The incentive sum to 65530; below 65531, emission is lost.'],
    [[0, 0, 0, 0], null],
  ])('incentive: %j', (incentive, message) => {
    expect(
      check(
        'incentive',
        changed(() => ({ incentive })),
      )?.message ?? null,
    ).toBe(message)
  })

  it('dividends', () => {
    expect(
      check(
        'dividends',
        changed(() => ({ dividends: [1, 1, 1, 1] })),
      )?.site,
    ).toBe('below')
  })

  it('permits, one too many, and one that is neither', () => {
    const input = { ...INPUT, maxValidators: 2 }
    expect(
      check(
        'permits',
        changed(() => ({ permits: [1, 1, 0, 0] })),
        { input },
      ),
    ).toBeNull()
    expect(
      check(
        'permits',
        changed(() => ({ permits: [1, 1, 1, 0] })),
        { input },
      )?.site,
    ).toBe('number')
    expect(
      check(
        'permits',
        changed(() => ({ permits: [2, 0, 0, 0] })),
        { input },
      )?.site,
    ).toBe('value')
  })

  it('arbitraryBytes', () => {
    const reads = changed(({ consensus }, _, { seed }) => ({ consensus: consensus.with(2, seed % 100) }))
    expect(check('arbitraryBytes', reads)?.message).toMatch(
      /^consensus\[2\] is 0 with other bytes in scratch/,
    )
  })

  it('capacity', () => {
    const reads = changed(({ bonds }, _, { shape }) => ({ bonds: bonds.with(1, [shape.cap, 0, 0]) }))
    expect(check('capacity', reads)?.message).toMatch(
      /^bonds\[1\]\[0\] is 3 in arrays without room to spare, and 9 else/,
    )
    expect(shapeOf(INPUT)).toEqual({ maxN: 4, cap: 3 })
  })

  it('memory', () => {
    const grows: Candidate = (input) => ({
      kind: 'returned',
      pages: input.neurons[0]?.row.length === 0 ? 1 : 2,
    })
    expect(check('memory', grows)?.message).toBe(
      'The run needs 2 pages; as many neurons with nothing in them need 1.',
    )
  })

  it('permutation, for a function that favors the first', () => {
    const favors = changed(() => ({ dividends: [65_535, 0, 0, 0] }))
    expect(check('permutation', favors)?.message).toBe(
      'dividends[0] is 65535, not 0, when neurons change places as [3,2,1,0].',
    )
  })

  it('monotone.kappa', () => {
    const rises = changed(({ consensus }, { kappa }) => ({ consensus: consensus.map(() => kappa) }))
    expect(check('monotone.kappa', rises, { variation: 9 })?.message).toBe(
      'consensus[0] rises from 32767 to 32777 when kappa rises to 32777.',
    )
  })

  it('monotone.bond', () => {
    const falls = changed((_, { neurons }) => ({
      bonds: neurons.map(({ row }) => row.map(({ bond }) => 65_535 - bond)),
    }))
    expect(check('monotone.bond', falls, { variation: 9 })?.site).toBe('bonds')
  })

  it('monotone.stake', () => {
    const poorest = (neurons: ConsensusInput['neurons']) =>
      neurons.reduce((least, { stake }, i) => (stake < (neurons[least]?.stake ?? 0n) ? i : least), 0)
    const favors = changed((_, { neurons }) => ({
      permits: neurons.map((__, i) => Number(i === poorest(neurons))),
    }))
    expect(check('monotone.stake', favors, { variation: 0 })?.message).toBe(
      'Neuron 0 loses its permit when its stake rises.',
    )
  })

  it('a law counts only where the reference keeps it', () => {
    const rises = changed((_, { kappa }) => ({ consensus: [kappa, 0, 0, 0] }))
    const same = monotonies((input) => ({ ...yuma(input), consensus: [input.kappa, 0, 0, 0] }))
    const trial = trialOf(rises)
    expect(same[0]?.check(trial, { input: INPUT, result: trial.run(INPUT), variation: 1 })).toBeNull()
  })

  it('reference, but not on inputs that no description covers', () => {
    const off = changed(({ incentive }) => ({ incentive: incentive.with(0, 12) }))
    const input = regularInput(4, { rowLength: 3 })
    expect(check('reference', off, { input })?.message).toMatch(/^incentive\[0\] is 12; Yuma gives \d+\.$/)
    const odd = {
      ...input,
      neurons: input.neurons.map((neuron) => ({ ...neuron, row: [{ uid: 4, weight: 1, bond: 1 }] })),
    }
    expect(check('reference', off, { input: odd })).toBeNull()
    expect([isWellFormed(input), isWellFormed(odd)]).toEqual([true, false])
  })
})

describe('permutations', () => {
  it('put each neuron in one place, and weights follow', () => {
    for (const variation of [0, 1, 2, 3, 99]) {
      expect(permutation(5, variation).toSorted()).toEqual([0, 1, 2, 3, 4])
    }
    const moved = permuteInput(INPUT, [1, 2, 3, 0])
    expect(moved.neurons[1]?.stake).toBe(INPUT.neurons[0]?.stake)
    expect(moved.neurons[1]?.row.map(({ uid }) => uid)).toEqual(
      INPUT.neurons[0]?.row.map(({ uid }) => (uid + 1) % 4),
    )
  })

  it('leave a uid past the neurons as it is', () => {
    const odd = { ...INPUT, neurons: [{ stake: 1n, active: 1, row: [{ uid: 9, weight: 1, bond: 0 }] }] }
    expect(permuteInput(odd, [0]).neurons[0]?.row[0]?.uid).toBe(9)
  })
})
