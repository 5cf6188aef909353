import { describe, expect, it } from 'vitest'
import { type BenchCase, type Contender, ratiosOf, runCase, spread } from './benchCase.ts'

const constant = (ms: number, perRound = 1): Contender => ({ perRound, run: async () => ms })

describe('spread', () => {
  it('sorts by number and takes the middle value', () => {
    expect(spread([9, 100, 20])).toEqual({ min: 9, median: 20, max: 100, runs: 3 })
  })

  it('takes the upper of the middle two values', () => {
    expect(spread([4, 1, 3, 2]).median).toBe(3)
  })

  it('leaves the values as they were', () => {
    const values = [2, 1]
    spread(values)
    expect(values).toEqual([2, 1])
  })
})

describe('ratiosOf', () => {
  it('divides medians by that of our thread, and leaves out sides that took no part', () => {
    const times = { thread: spread([1, 2, 9]), memory: spread([300]), worker: spread([1]) }
    expect(ratiosOf(times)).toEqual({ worker: 0.5, memory: 150 })
  })

  it('has none without our thread', () => {
    expect(ratiosOf({ memory: spread([300]) })).toEqual({})
  })
})

describe('runCase', () => {
  it('runs the sides in turn, as often as they say, and closes', async () => {
    const order: string[] = []
    const side = (name: string, perRound: number): Contender => ({
      perRound,
      run: async () => order.push(name),
    })
    const bench: BenchCase = {
      name: 'turns',
      rounds: 2,
      warmUpRounds: 1,
      open: async () => ({
        contenders: { memory: side('memory', 1), thread: side('thread', 2) },
        work: () => ({ reads: order.length }),
        close: async () => {
          order.push('closed')
        },
      }),
    }
    const row = await runCase(bench)
    const round = ['thread', 'thread', 'memory']
    expect(order).toEqual([...round, ...round, ...round, 'closed'])
    // Each run "took" as long as there were runs so far: the first round does not count.
    expect(row).toMatchObject({
      kind: 'measured',
      work: { reads: 9 },
      times: { thread: { runs: 4, min: 4 }, memory: { runs: 2, min: 6 } },
    })
  })

  it('turns what a run throws into a row, and still closes', async () => {
    let isClosed = false
    const broken: Contender = { perRound: 1, run: () => Promise.reject(new Error('no block')) }
    const row = await runCase({
      name: 'broken',
      rounds: 3,
      open: async () => ({
        contenders: { thread: constant(1), memory: broken },
        close: async () => {
          isClosed = true
        },
      }),
    })
    expect(row).toEqual({ kind: 'failed', name: 'broken', message: 'no block' })
    expect(isClosed).toBe(true)
  })

  it('turns what opening throws into a row', async () => {
    const open = () => Promise.reject(new Error('no such runtime'))
    expect(await runCase({ name: 'closed', rounds: 1, open })).toMatchObject({ message: 'no such runtime' })
  })

  it('gives up on a run that never ends', async () => {
    const endless: Contender = { perRound: 1, run: () => new Promise(() => undefined) }
    const open = async () => ({ contenders: { memory: endless } })
    expect(await runCase({ name: 'endless', rounds: 1, deadlineMs: 20, open })).toMatchObject({
      kind: 'failed',
      message: 'memory took longer than 20 ms',
    })
  })
})
