import { afterAll, describe, expect, it } from 'vitest'
import type { Executor } from '../runtime/executor.ts'
import { V8Executor } from '../runtime/v8/v8Executor.ts'
import { WorkerExecutor } from '../runtime/worker/workerExecutor.ts'
import type { Changes } from '../state/stateView.ts'
import { StateTrie } from '../state/trie/stateTrie.ts'
import type { ChainHead } from './block.ts'
import { buildBlock } from './build/blockBuilder.ts'
import { proveBlock } from './executeBlock.ts'
import type { BlockRuntime } from './runtimeContext.ts'
import { createToyRuntime, TOY_MODES, toyGenesis } from './toyRuntime.testkit.ts'

const clock = { nowMs: () => performance.now() }
const executors = [new V8Executor({ clock }), new WorkerExecutor({ clock })]
afterAll(() => Promise.all(executors.map((executor) => executor.close())))

/** Longer than 32 bytes, so that the two versions hash it in different ways. */
const LONG = new Uint8Array(40).fill(7)

async function extend(runtime: BlockRuntime, parent: ChainHead, beforeFinalize: () => Changes) {
  const built = await buildBlock(runtime, parent, { timestampMs: 6000n, beforeFinalize })
  if (built.kind === 'failed') throw new Error(built.message)
  return built
}

/** Two blocks under version 0, then two under version 1; the last one on `last`, which saw nothing of the others. */
async function chainOf(first: Executor, last: Executor) {
  const genesis = toyGenesis(TOY_MODES.sound, { old: 'o'.repeat(40) })
  const long = (key: string) => () => new Map([[key, LONG]])
  const before = await createToyRuntime(first, 0)
  const one = await extend(before, genesis, long('one'))
  const two = await extend(before, one.head, long('two'))
  const three = await extend(await createToyRuntime(first, 1), two.head, long('three'))
  const after = await createToyRuntime(last, 1)
  const four = await extend(after, three.head, () => new Map())
  return { genesis, blocks: [one, two, three, four], after }
}

/** The roots as a node has them: each block's changes applied to its parent's trie, in order of time. */
function rootsOf({ genesis, blocks }: Awaited<ReturnType<typeof chainOf>>): readonly Uint8Array[] {
  let trie = StateTrie.build(genesis.state.store, 0)
  return blocks.map(({ head }, index) => {
    trie = trie.apply(head.state.changes, index < 2 ? 0 : 1)
    return trie.rootHash
  })
}

describe('a runtime that raises the state version', () => {
  for (const first of executors) {
    for (const last of executors) {
      it(`leaves what was written before as it was: ${first.constructor.name}, then ${last.constructor.name}`, async () => {
        const chain = await chainOf(first, last)
        expect(chain.blocks.map(({ block }) => block.header.stateRoot)).toEqual(rootsOf(chain))
      })
    }
  }

  it('gives the same root on a thread that is handed only the state', async () => {
    const [here] = executors
    if (here === undefined) throw new Error('there is no executor')
    const fresh = new WorkerExecutor({ clock })
    try {
      const chain = await chainOf(here, fresh)
      const [, , three, four] = chain.blocks
      if (three === undefined || four === undefined) throw new Error('a block is missing')
      expect(await proveBlock(chain.after, three.head, four)).toMatchObject({
        holds: true,
        rootMatches: true,
      })
    } finally {
      await fresh.close()
    }
  })
})
