import { describe, expect, it } from 'vitest'
import { bytesToHex } from '../../harness/base/bytes.ts'
import { devAccount } from '../../harness/codec/index.ts'
import { parseProposal } from './proposal.ts'

describe('parseProposal', () => {
  const alice = devAccount('//Alice')

  it('takes the call with or without 0x, and space around it', () => {
    const expected = { call: new Uint8Array([0, 1, 0xab]), origin: 'root' }
    for (const text of ['0x0001ab', '0001AB', ' 0x0001ab\n']) {
      expect(parseProposal(text, 'root')).toEqual(expected)
    }
  })

  it('takes an account as SS58 or hex', () => {
    for (const origin of [alice.address, bytesToHex(alice.accountId), ` ${alice.address} `]) {
      expect(parseProposal('0x00', origin).origin).toEqual(alice.accountId)
    }
  })

  it.each(['', '0x', '0x0', 'zz', 'System.set_code'])('refuses %j as a call', (text) => {
    expect(() => parseProposal(text, 'root')).toThrow(expect.objectContaining({ code: 'PROPOSAL_CALL' }))
  })

  it.each(['', 'Root', '//Alice', '0x00', '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ'])(
    'refuses %j as an origin',
    (origin) => {
      expect(() => parseProposal('0x00', origin)).toThrow(
        expect.objectContaining({ code: 'PROPOSAL_ORIGIN' }),
      )
    },
  )
})
