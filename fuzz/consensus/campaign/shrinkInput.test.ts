import { describe, expect, it } from 'vitest'
import type { ConsensusInput } from '../abi/index.ts'
import { regularInput } from '../inputs/index.ts'
import { shrinkInput } from './shrinkInput.ts'

const LARGE = regularInput(6, { rowLength: 6 })
const MASK = 2n ** 64n - 1n

describe('shrinkInput', () => {
  it('leaves nothing that the fault does not need', () => {
    const hasPast = (input: ConsensusInput) =>
      input.neurons.some(({ row }) => row.some(({ uid }) => uid >= input.neurons.length))
    const start = {
      ...LARGE,
      neurons: LARGE.neurons.map((neuron) => ({
        ...neuron,
        row: [...neuron.row, { uid: 40_000, weight: 9, bond: 9 }],
      })),
    }
    const small = shrinkInput(start, hasPast, 2000)
    expect(small.neurons).toEqual([{ stake: 0n, active: 1, row: [{ uid: 1, weight: 0, bond: 0 }] }])
  })

  it('finds a bound inside a range', () => {
    const isFar = (input: ConsensusInput) =>
      input.neurons.some(({ row }) => row.some(({ uid }) => uid >= 1234))
    const start = {
      ...LARGE,
      neurons: [{ stake: 5n, active: 0, row: [{ uid: 60_000, weight: 1, bond: 1 }] }],
    }
    expect(shrinkInput(start, isFar, 2000).neurons[0]?.row[0]?.uid).toBe(1234)
  })

  it('keeps a sum that the fault needs', () => {
    const wraps = ({ neurons }: ConsensusInput) =>
      neurons.length > 1 &&
      neurons.reduce((sum, { stake }) => (sum + stake) & MASK, 0n) === 0n &&
      neurons.some(({ stake }) => stake > 0n)
    const stakes = [2n ** 40n, 2n ** 50n, 77n]
    const last = -stakes.reduce((sum, stake) => sum + stake, 0n) & MASK
    const start = { ...LARGE, neurons: [...stakes, last].map((stake) => ({ stake, active: 1, row: [] })) }
    expect(shrinkInput(start, wraps, 2000).neurons).toHaveLength(2)
  })

  it('gives up at its number of questions', () => {
    let asked = 0
    const never = () => {
      asked++
      return false
    }
    expect(shrinkInput(LARGE, never, 7)).toBe(LARGE)
    expect(asked).toBe(7)
  })
})
