import { describe, expect, it } from 'vitest'
import type { Fork } from '../../harness/chain/fork.ts'
import { blocksRun } from '../checks/blocksRun.ts'
import { demoTestContext, findingsOf, miniature } from '../checks/checkContext.testkit.ts'
import type { SequenceBlock } from './blockSequence.ts'
import { growingItems, LEAST_GROWTH_BLOCKS } from './growth.ts'
import { candidateBlocks } from './rehearsal.ts'

const SMALL = { accounts: 20, subnets: 4, uids: 8 }

async function sequence(name: string, count: number): Promise<readonly SequenceBlock[]> {
  const context = await demoTestContext(SMALL, { candidate: miniature(name) })
  return (await (await context.get(candidateBlocks))?.first(count)) ?? []
}

/** Puts keys into a finished block, and takes keys out of it. */
function withKeys(block: SequenceBlock, changes: ReadonlyMap<string, Uint8Array | null>): SequenceBlock {
  if (block.result.kind !== 'built') return block
  const { head } = block.result
  const state = block.parent.state.with(new Map([...head.state.changes, ...changes])).seal()
  return { ...block, result: { ...block.result, head: { ...head, state } } }
}

describe('growingItems', () => {
  it('names the item that gains keys in every block', async () => {
    const growing = growingItems(await sequence('unbounded-growth', 14))
    expect(growing.find(({ item }) => item === 'SubtensorModule.HasMigrationRun')).toMatchObject({
      blocks: expect.any(Number),
      keys: expect.any(Number),
    })
  })

  it('says nothing of few blocks, nor while a multi-block migration runs', async () => {
    const blocks = await sequence('unbounded-growth', 14)
    expect(growingItems(blocks.slice(-LEAST_GROWTH_BLOCKS + 1))).toEqual([])
    expect(growingItems(await sequence('migration-never-ends', 12))).toEqual([])
  })

  it('leaves alone what adds a key and removes one, and what moves to another item', async () => {
    const blocks = await sequence('v2', 14)
    const codec = blocks[0]?.runtime.codec
    if (codec === undefined) throw new Error('no blocks')
    const key = (item: string, i: number) => codec.storagePrefix('SubtensorModule', item) + String(i)
    const value = new Uint8Array([1])
    const seed = (change: (i: number) => ReadonlyMap<string, Uint8Array | null>) =>
      growingItems(blocks.map((block, i) => withKeys(block, change(i)))).map(({ item }) => item)

    expect(seed((i) => new Map([[key('Kappa', i), value]]))).toContain('SubtensorModule.Kappa')
    const old = (state: SequenceBlock['parent']['state']) => [
      ...state.keysWithPrefix(codec.storagePrefix('SubtensorModule', 'Owner')),
    ]
    const removed = blocks.map((block, i) => old(block.parent.state)[i] ?? '')
    expect(
      seed(
        (i) =>
          new Map<string, Uint8Array | null>([
            [key('Kappa', i), value],
            [removed[i] ?? '', null],
          ]),
      ),
    ).not.toContain('SubtensorModule.Kappa')
  })
})

describe('blocks.run, growth', () => {
  const grow = (name: string, prepare?: (fork: Fork) => Promise<void>) =>
    demoTestContext(SMALL, {
      candidate: miniature(name),
      blockCount: 12,
      ...(prepare === undefined ? {} : { prepare }),
    })

  it('finds unbounded growth, and nothing in v2', { timeout: 60_000 }, async () => {
    expect(await findingsOf(blocksRun, await grow('unbounded-growth'))).toEqual([
      expect.objectContaining({
        rule: 'growth',
        severity: 'error',
        subject: 'SubtensorModule.HasMigrationRun',
        title: expect.stringMatching(/^SubtensorModule\.HasMigrationRun gains keys in every block/),
      }),
    ])
    expect(await findingsOf(blocksRun, await grow('v2'))).toEqual([])
  })

  it('does not blame the candidate for what grows without it', { timeout: 60_000 }, async () => {
    const prepare = async (fork: Fork) => {
      fork.setStorage(new Map([[':code', miniature('unbounded-growth').submitted]]), 'the chain grows')
    }
    expect(await findingsOf(blocksRun, await grow('unbounded-growth', prepare))).toEqual([])
  })

  it('nor where the chain stops without it: lists that fill do so before that', {
    timeout: 60_000,
  }, async () => {
    const prepare = async (fork: Fork) => {
      const { submitted } = miniature('panic-at-height:7')
      fork.setStorage(new Map([[':code', submitted]]), 'the chain stops at block 7')
    }
    expect(await findingsOf(blocksRun, await grow('v2', prepare))).toEqual([])
  })
})
