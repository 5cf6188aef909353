import { describe, expect, it } from 'vitest'
import { isHarmlessError } from '../check/chainProfile.ts'
import { profileOf } from './index.ts'

const line = {
  target: 'pallet_subtensor::block_step',
  message: 'Error while running root epoch: "Not the block to update emission values."',
}

describe('profileOf', () => {
  it('knows subtensor and assumes nothing of a chain that nobody has described', () => {
    expect(profileOf('node-subtensor').name).toBe('subtensor')
    expect(profileOf('westend').name).toBe('generic')
  })
})

describe('isHarmlessError', () => {
  it('takes the very line of the very chain only', () => {
    expect(isHarmlessError(profileOf('node-subtensor'), line)).toBe(true)
    expect(isHarmlessError(profileOf('westend'), line)).toBe(false)
    expect(isHarmlessError(profileOf('node-subtensor'), { ...line, target: 'elsewhere' })).toBe(false)
    const other = { ...line, message: 'Error while running root epoch: "Overflow"' }
    expect(isHarmlessError(profileOf('node-subtensor'), other)).toBe(false)
  })
})
