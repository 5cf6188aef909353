import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bytesToHex } from '../../base/bytes.ts'
import { publishedCodec } from '../metadata/metadataFixture.testkit.ts'
import { chainValueArbitrary } from './chainValueArbitrary.testkit.ts'
import { ShapeReader } from './decodeShape.ts'
import { encodeShape } from './encodeShape.ts'
import { readShape } from './readShape.ts'
import type { ChainInput } from './shape.ts'

it.each(['v13', 'contractsV14', 'assetHubV15'] as const)(
  'reads what encodes to the same bytes again, for every storage item of %s',
  (name) => {
    const codec = publishedCodec(name)
    const { types } = codec.metadata
    const items = [...codec.items()].flatMap(({ value }) => {
      const values = chainValueArbitrary(types, value)
      // Nested options cannot be told apart without `Some`, and are not meant to.
      return values === null ? [] : [{ type: value, values }]
    })
    const sample = fc.constantFrom(...items).chain(({ type, values }) => fc.tuple(fc.constant(type), values))
    fc.assert(
      fc.property(sample, ([type, value]) => {
        const bytes = encodeShape(types, type, value)
        const reader = new ShapeReader(bytes)
        const read = readShape(types, type, reader)
        expect(reader.remaining).toBe(0)
        if (JSON.stringify(value).includes('"Some"')) return
        // SAFETY: without nested options, what is read is what encoding takes.
        expect(bytesToHex(encodeShape(types, type, read as ChainInput))).toBe(bytesToHex(bytes))
      }),
      { seed: 5, numRuns: 400 },
    )
  },
)
