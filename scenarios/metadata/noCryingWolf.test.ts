/** Changes of metadata that break nobody, beside the same change where it does. */
import { describe, expect, it } from 'vitest'
import type { ChainCodec, PalletVariants, TypeRef } from '../../harness/codec/index.ts'
import { publishedCodec } from '../../harness/codec/metadata/metadataFixture.testkit.ts'
import { changedCalls } from './callEncoding.ts'
import { metadataDiff } from './metadataDiff.ts'
import { isZeroSized } from './zeroSize.ts'

const CODEC = publishedCodec('assetHubV15')

function withMetadata(codec: ChainCodec, metadata: Partial<ChainCodec['metadata']>): ChainCodec {
  // SAFETY: a codec has more than its metadata, and what is compared here looks at nothing else but constants.
  return {
    constant: (pallet: string, name: string) => codec.constant(pallet, name),
    metadata: { ...codec.metadata, ...metadata },
  } as ChainCodec
}

/** The same runtime with one argument more in a call. */
function withLongerCall(pallet: string, call: string): ChainCodec {
  const { types } = CODEC.metadata
  const calls = new Map<number, PalletVariants>()
  for (const [index, own] of types.calls) {
    const variants = new Map(own.variants)
    for (const [at, variant] of variants) {
      if (own.pallet !== pallet || variant.name !== call) continue
      variants.set(at, { ...variant, fields: [...variant.fields, { name: 'more', type: typeWith('uint') }] })
    }
    calls.set(index, { ...own, variants })
  }
  const longer = { ...types, shape: types.shape.bind(types), name: types.name.bind(types), calls }
  return withMetadata(CODEC, { types: longer })
}

function typeWith(kind: 'uint' | 'empty'): TypeRef {
  const { types } = CODEC.metadata
  for (let type = 0; ; type++) {
    const shape = types.shape(type)
    if (kind === 'uint' ? shape.kind === 'uint' : shape.kind === 'tuple' && shape.items.length === 0)
      return type
  }
}

describe('calls of inherents', () => {
  it.each([
    ['ParachainSystem', 'set_validation_data', false],
    ['Timestamp', 'set', false],
    ['Balances', 'transfer_keep_alive', true],
  ])('with other arguments are no signed calls: %s.%s', (pallet, call, isFound) => {
    const changed = changedCalls(CODEC, withLongerCall(pallet, call))
    expect(changed.map((one) => `${one.call} ${one.change}`)).toEqual(
      isFound ? [`${pallet}.${call} arguments`] : [],
    )
  })
})

describe('transaction extensions', () => {
  const { extrinsic } = CODEC.metadata
  const changesWith = (type: TypeRef, implicit: TypeRef) => {
    const extensions = [{ identifier: 'NewReclaim', type, implicit }, ...(extrinsic.extensions ?? [])]
    const newer = withMetadata(CODEC, { extrinsic: { ...extrinsic, extensions } })
    const apiVersions = new Map<string, number>()
    return metadataDiff({ codec: CODEC, apiVersions }, { codec: newer, apiVersions })
      .filter(({ area }) => area === 'extension')
      .map(({ name, kind, isWithoutBytes = false }) => ({ name, kind, isWithoutBytes }))
  }

  it('without bytes are told from those that are signed', () => {
    const [empty, uint] = [typeWith('empty'), typeWith('uint')]
    const name = 'NewReclaim'
    expect(changesWith(empty, empty)).toEqual([{ name, kind: 'added', isWithoutBytes: true }])
    expect(changesWith(uint, empty)).toEqual([{ name, kind: 'added', isWithoutBytes: false }])
    expect(changesWith(empty, uint)).toEqual([{ name, kind: 'added', isWithoutBytes: false }])
  })
})

it('a type is of no bytes only when nothing in it has any', () => {
  const { types } = CODEC.metadata
  expect(isZeroSized(types, typeWith('empty'))).toBe(true)
  expect(isZeroSized(types, typeWith('uint'))).toBe(false)
})
