import { describe, expect, test } from 'vitest'
import { concatBytes, hexToBytes } from '../base/bytes.ts'
import { type PublishedMetadata, publishedCodec } from './metadata/metadataFixture.testkit.ts'
import { encodeCompact } from './scale.ts'
import { encodeFields } from './shape/encodeShape.ts'
import type { ChainInput } from './shape/shape.ts'
import { devAccount } from './signer.ts'

const ALICE = devAccount('//Alice').address

/** An event record as the runtime writes it. */
function record(
  runtime: PublishedMetadata,
  phase: string,
  [pallet, event, fields]: [string, string, ChainInput],
) {
  const { metadata } = publishedCodec(runtime)
  const owner = [...metadata.events.values()].find((candidate) => candidate.pallet === pallet)
  const variant = [...(owner?.variants.values() ?? [])].find((candidate) => candidate.name === event)
  if (owner === undefined || variant === undefined) throw new Error(`no event ${pallet}.${event}`)
  const head = new Uint8Array([owner.index, variant.index])
  return concatBytes(
    hexToBytes(phase),
    head,
    encodeFields(metadata.types, variant.fields, fields),
    encodeCompact(0),
  )
}

const INFO = { weight: { ref_time: 7, proof_size: 8 }, class: 'Normal', pays_fee: 'Yes' }
const SUCCESS = record('v16', '0x0002000000', ['System', 'ExtrinsicSuccess', { dispatch_info: INFO }])
const NEW_ACCOUNT = record('v16', '0x01', ['System', 'NewAccount', { account: ALICE }])
const UPDATED = record('v16', '0x02', ['System', 'CodeUpdated', null])

describe('decodeEvents', () => {
  const codec = publishedCodec('v16')

  test('tells phase, names and fields', () => {
    const bytes = concatBytes(encodeCompact(3), SUCCESS, NEW_ACCOUNT, UPDATED)
    expect(codec.decodeEvents(bytes)).toEqual({
      error: null,
      events: [
        {
          phase: { kind: 'applyExtrinsic', index: 2 },
          pallet: 'System',
          event: 'ExtrinsicSuccess',
          fields: {
            dispatch_info: { weight: { ref_time: '7', proof_size: '8' }, class: 'Normal', pays_fee: 'Yes' },
          },
          topics: [],
        },
        {
          phase: { kind: 'finalization' },
          pallet: 'System',
          event: 'NewAccount',
          fields: { account: ALICE },
          topics: [],
        },
        {
          phase: { kind: 'initialization' },
          pallet: 'System',
          event: 'CodeUpdated',
          fields: null,
          topics: [],
        },
      ],
    })
  })

  test('keeps what decodes before an error', () => {
    const unknown = new Uint8Array([1, 0, 250])
    const decoded = codec.decodeEvents(concatBytes(encodeCompact(3), UPDATED, NEW_ACCOUNT, unknown))
    expect(decoded.events.map(({ event }) => event)).toEqual(['CodeUpdated', 'NewAccount'])
    expect(decoded.error).toBe('event 2: System has no event 250')
    const cut = codec.decodeEvents(concatBytes(encodeCompact(2), UPDATED, NEW_ACCOUNT.subarray(0, 9)))
    expect(cut).toMatchObject({ error: 'event 1: System.NewAccount.account: needs 32 bytes at 8, 6 left' })
  })

  test('says when bytes are left, and that an empty value holds no events', () => {
    expect(codec.decodeEvents(new Uint8Array())).toEqual({ events: [], error: null })
    expect(codec.decodeEvents(concatBytes(encodeCompact(1), UPDATED, new Uint8Array(3)))).toMatchObject({
      error: 'event 1: 3 bytes after the last of 1 events',
    })
  })

  test('reads events of a runtime from before metadata V14', () => {
    const info = { weight: 7, class: 'Normal', paysFee: 'Yes' }
    const old = record('v13', '0x0001000000', ['System', 'ExtrinsicSuccess', [info]])
    expect(publishedCodec('v13').decodeEvents(concatBytes(encodeCompact(1), old))).toMatchObject({
      error: null,
      events: [
        {
          pallet: 'System',
          event: 'ExtrinsicSuccess',
          fields: [{ weight: '7', class: 'Normal', paysFee: 'Yes' }],
        },
      ],
    })
  })
})
