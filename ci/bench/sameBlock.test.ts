import { describe, expect, it } from 'vitest'
import { type ChainHead, createHead } from '../../harness/chain/block.ts'
import { zeroHash } from '../../harness/chain/header.ts'
import { plainKey } from '../../harness/chain/plainKey.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import { createPackedStore } from '../../harness/state/store/packedStore.ts'
import { assertSameBlock } from './sameBlock.ts'

const bytes = (...values: number[]) => new Uint8Array(values)
const PARENT_HASH = plainKey('System', 'ParentHash')

/** Block 7, which changed `b` and wrote the parent's hash. */
function head(): ChainHead {
  const parent = ChainState.fromStore(
    createPackedStore([
      ['a', bytes(1)],
      ['b', bytes(2)],
    ]),
  )
  const header = {
    parentHash: zeroHash(),
    number: 7,
    stateRoot: zeroHash(),
    extrinsicsRoot: zeroHash(),
    digest: [],
  }
  return createHead(
    header,
    parent
      .with(
        new Map([
          ['b', bytes(3)],
          [PARENT_HASH, bytes(9)],
        ]),
      )
      .seal(),
  )
}

const theirs = (...changes: [string, Uint8Array | null][]) => ({
  number: 7,
  changes: new Map(changes) as Changes,
})

describe('assertSameBlock', () => {
  it('takes the same changes, whatever the hash of the parent', () => {
    expect(() => assertSameBlock(head(), theirs(['b', bytes(3)], [PARENT_HASH, bytes(8)]))).not.toThrow()
  })

  it('takes keys that were written but did not change', () => {
    const changes = theirs(['a', bytes(1)], ['b', bytes(3)], ['none', null])
    expect(() => assertSameBlock(head(), changes)).not.toThrow()
  })

  it.each([
    ['another value', theirs(['b', bytes(4)])],
    ['a change that is not there', theirs()],
    ['a key too many', theirs(['b', bytes(3)], ['c', bytes(5)])],
    ['a key deleted', theirs(['a', null], ['b', bytes(3)])],
  ])('refuses %s', (_, changes) => {
    expect(() => assertSameBlock(head(), changes)).toThrow('block 7 of Chopsticks is not ours: 1 keys differ')
  })

  it('refuses another block number', () => {
    expect(() => assertSameBlock(head(), { ...theirs(['b', bytes(3)]), number: 8 })).toThrow(
      'Chopsticks built block 8, and we built 7',
    )
  })
})
