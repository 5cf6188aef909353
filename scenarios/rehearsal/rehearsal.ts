import { type BlockProof, proveBlock } from '../../harness/chain/executeBlock.ts'
import type { Upgraded } from '../../harness/chain/upgrade.ts'
import type { RunContext } from '../check/runContext.ts'
import { defineNeed, defineStep } from '../check/step.ts'
import { BlockSequence, type SequenceBlock } from './blockSequence.ts'

/** A block that the candidate built, and whether it proved. */
export interface RehearsedBlock extends SequenceBlock {
  /** Null when the block could not be built. */
  readonly proof: BlockProof | null
}

/** The upgrade of the chain, as it went. */
export const upgradeStep = defineStep('the upgrade', ({ fork, candidate, progress }) => {
  progress(`upgrading block ${fork.head.number}: setting the code, then the first block of the candidate`)
  return fork.branch().upgrade(candidate)
})

/** Blocks under the candidate, from the migration block on, as many as one asks for; null when there is none. */
export const candidateBlocks = defineStep('the blocks under the candidate', async (run) => {
  const upgrade = await run.get(upgradeStep)
  if (upgrade.kind !== 'upgraded') return null
  const chain = run.fork.at(upgrade.head)
  const first = { ...migrationBlock(upgrade), runtime: upgrade.runtime }
  return new BlockSequence(chain, [first], {
    signal: run.signal,
    onBlock: (number) => run.progress(`block ${number} under the candidate`),
  })
})

/** What the chain would do without the upgrade: blocks under the runtime on chain, from the one after the fork's head on. */
export const controlBlocks = defineStep(
  'the blocks without the upgrade',
  async ({ fork, progress, signal }) =>
    new BlockSequence(fork.branch(), [], {
      signal,
      onBlock: (number) => progress(`block ${number} without the upgrade`),
    }),
)

/**
 * The migration block and those after it that the user asked for, up to the first that could not be built, each with its proof.
 * Empty when the upgrade did not get as far as the migration block.
 */
export const rehearsedBlocks = defineStep('the blocks after the upgrade', async (run) => {
  const sequence = await run.get(candidateBlocks)
  return sequence === null ? [] : proveAll(run, await sequence.first(run.blockCount + 1))
})

/** The upgrade, for checks that look at what it did. */
export const upgraded = defineNeed<Upgraded>('an upgrade that succeeded', async (run) => {
  const upgrade = await run.get(upgradeStep)
  return upgrade.kind === 'upgraded' ? { kind: 'there', value: upgrade } : NOT_UPGRADED
})

/** The migration block and those after it, for checks that look at blocks. There is at least the migration block. */
export const blocksAfterUpgrade = defineNeed<readonly RehearsedBlock[]>(
  'blocks after the upgrade',
  async (run) => {
    const blocks = await run.get(rehearsedBlocks)
    return blocks.length > 0 ? { kind: 'there', value: blocks } : NOT_UPGRADED
  },
)

/** The reason of checks that need an upgrade which did not go through. */
export const NOT_UPGRADED = {
  kind: 'missing',
  reason: 'the upgrade failed, see upgrade.apply',
} as const

async function proveAll(
  { signal }: RunContext,
  blocks: readonly SequenceBlock[],
): Promise<readonly RehearsedBlock[]> {
  const proved: RehearsedBlock[] = []
  for (const block of blocks) {
    signal.throwIfAborted()
    const { runtime, parent, result } = block
    const proof = result.kind === 'built' ? await proveBlock(runtime, parent, result) : null
    proved.push({ ...block, proof })
  }
  return proved
}

function migrationBlock({ codeBlock, migrationBlock: result }: Upgraded): Omit<SequenceBlock, 'runtime'> {
  return { number: result.head.number, parent: codeBlock.head, result }
}
