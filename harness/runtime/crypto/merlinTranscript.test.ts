import { expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { createMerlinTranscript } from './merlinTranscript.ts'

it('gives the challenge of the merlin crate (transcript.rs, equivalence_simple)', () => {
  const transcript = createMerlinTranscript('test protocol')
  transcript.append('some label', utf8ToBytes('some data'))
  expect(bytesToHex(transcript.challenge('challenge', 32))).toBe(
    '0xd5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615',
  )
})

it('depends on labels, order and what was squeezed before', () => {
  const challenge = (steps: readonly (readonly [string, string])[]): string => {
    const transcript = createMerlinTranscript('t')
    for (const [label, message] of steps) transcript.append(label, utf8ToBytes(message))
    return bytesToHex(transcript.challenge('c', 200))
  }
  const plain = challenge([
    ['a', 'x'],
    ['b', 'y'],
  ])
  expect(
    challenge([
      ['b', 'y'],
      ['a', 'x'],
    ]),
  ).not.toBe(plain)
  expect(
    challenge([
      ['a', 'xb'],
      ['', 'y'],
    ]),
  ).not.toBe(plain)
  const transcript = createMerlinTranscript('t')
  expect(transcript.challenge('c', 32)).not.toEqual(transcript.challenge('c', 32))
})
