import { describe, expect, it } from 'vitest'
import { ChainState } from '../state/chainState.ts'
import { createPackedStore } from '../state/store/packedStore.ts'
import { plainKey } from './plainKey.ts'
import { setCodeChanges } from './setCode.ts'

const DIGEST = plainKey('System', 'Digest')
const code = new Uint8Array([1, 2, 3])

function changesOver(digest: readonly number[] | null) {
  const entries = digest === null ? [] : [[DIGEST, new Uint8Array(digest)] as const]
  return setCodeChanges(ChainState.fromStore(createPackedStore(entries)), code)
}

describe('setCodeChanges', () => {
  it('sets the code and adds the log behind those that are there', () => {
    const changes = changesOver([4, 0, 8, 0xaa, 0xbb])
    expect(changes.get(':code')).toBe(code)
    expect(changes.get(DIGEST)).toEqual(new Uint8Array([8, 0, 8, 0xaa, 0xbb, 8]))
  })

  it('starts a digest where there is none, and leaves one alone that it cannot read', () => {
    expect(changesOver(null).get(DIGEST)).toEqual(new Uint8Array([4, 8]))
    expect(changesOver([]).has(DIGEST)).toBe(false)
  })
})
