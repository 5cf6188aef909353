import { describe, expect, it } from 'vitest'
import type { CheckReport } from './checkReport.ts'
import { renderJson } from './json.ts'
import { mergeReports } from './merge.ts'
import { checksToVerdict } from './model/verdict.ts'
import { parseReport } from './parseReport.ts'
import { FULL_REPORT } from './sampleReport.testkit.ts'

const { shard: _shard, mergedFrom: _mergedFrom, ...WHOLE } = FULL_REPORT
const REQUESTED = WHOLE.checks.map(({ id }) => id)

/** The shard of a run that has the checks at the given positions; times are its own. */
function shardOf(index: number, count: number, positions: readonly number[]): CheckReport {
  const own = positions.flatMap((position) => WHOLE.checks.slice(position, position + 1))
  const others = REQUESTED.filter((id) => !own.some((check) => check.id === id))
  const blocks = index === 1 ? (WHOLE.blocks ?? []).slice(0, 1) : (WHOLE.blocks ?? [])
  return {
    ...WHOLE,
    shard: { index, count, requested: REQUESTED },
    verdict: checksToVerdict(own),
    checks: own,
    notRequested: [
      ...others.map((id) => ({ id, why: `shard ${index}/${count}` })),
      ...(WHOLE.notRequested ?? []),
    ],
    blocks,
    durationMs: index * 10,
    startedAt: `2024-03-17T09:3${index}:00.000Z`,
  }
}

const SHARDS = [shardOf(1, 3, [0, 4]), shardOf(2, 3, [1, 3, 2]), shardOf(3, 3, [])]

function merge(shards: readonly CheckReport[]): CheckReport {
  return mergeReports(shards.map((report, index) => ({ name: `s${index}`, report })))
}

describe('mergeReports', () => {
  it('makes the report of the whole run, whatever the order', () => {
    for (const shards of [SHARDS, SHARDS.toReversed()]) {
      const { mergedFrom, durationMs, startedAt, ...merged } = merge(shards)
      const { durationMs: _d, startedAt: _s, ...whole } = WHOLE
      expect(merged).toEqual(whole)
      expect([durationMs, startedAt]).toEqual([30, '2024-03-17T09:31:00.000Z'])
      expect(mergedFrom?.map(({ index }) => index)).toEqual([1, 2, 3])
    }
  })

  it('is a report that can be read', () => {
    const merged = merge(SHARDS)
    expect(parseReport(renderJson(merged))).toEqual(merged)
  })

  it('has one machine only when all shards had it', () => {
    const other = { ...WHOLE, ...SHARDS[1], machine: { cpu: 'Another', cores: 4, node: '22.0.0' } }
    const merged = merge([shardOf(1, 3, [0, 4]), other, shardOf(3, 3, [])])
    expect(merged.machine).toBeUndefined()
    expect(merged.mergedFrom?.[1]?.machine?.cpu).toBe('Another')
  })

  const [first, second, third] = [shardOf(1, 3, [0, 4]), shardOf(2, 3, [1, 2, 3]), shardOf(3, 3, [])]
  const { fork, runtime } = WHOLE.inputs
  const onFork = (change: Partial<typeof fork>) => ({
    ...second,
    inputs: { ...second.inputs, fork: { ...fork, ...change } },
  })
  it.each<[string, readonly CheckReport[]]>([
    ['there is nothing to merge', []],
    ['s0 is not a shard', [WHOLE]],
    ['the network is another', [first, onFork({ network: 'Other' }), third]],
    ['the block is another', [first, onFork({ blockHash: `0x${'00'.repeat(32)}` }), third]],
    ['the state root is another', [first, onFork({ stateRoot: `0x${'00'.repeat(32)}` }), third]],
    [
      'the runtime is another',
      [
        first,
        { ...second, inputs: { fork, runtime: { ...runtime, submittedHash: `0x${'00'.repeat(32)}` } } },
        third,
      ],
    ],
    [
      'the version of Drydock is another',
      [first, { ...second, tool: { name: 'drydock', version: '9' } }, third],
    ],
    ['the settings is another', [first, { ...second, settings: { profile: 'quick' } }, third]],
    ['the number of shards is another', [first, shardOf(2, 2, [1])]],
    ['s0 and s1 are both shard 1 of 3', [first, first, third]],
    ['shard 3 of 3 is missing', [first, second]],
    ['shard 1, 2 of 3 is missing', [third]],
    ['both ran blob.format', [first, shardOf(2, 3, [0, 1, 2, 3]), third]],
    ['no shard ran upgrade.apply', [first, shardOf(2, 3, [2, 3]), third]],
    [
      'built another block 3: a run is not repeatable',
      [
        first,
        { ...second, blocks: (second.blocks ?? []).map((one) => ({ ...one, hash: `0x${'99'.repeat(32)}` })) },
        third,
      ],
    ],
    ['the upgrade changed other storage', [first, { ...second, storageDiff: [] }, third]],
  ])('refuses what does not belong together: %s', (message, shards) => {
    expect(() => merge(shards)).toThrow(message)
    expect(() => merge(shards)).toThrow(expect.objectContaining({ code: 'MERGE_REFUSED', kind: 'usage' }))
  })
})
