import type { ChainHead } from '../../harness/chain/block.ts'
import { createHead } from '../../harness/chain/block.ts'
import { currentTimeMs } from '../../harness/chain/consensus/nextSlot.ts'
import type { Fork } from '../../harness/chain/fork.ts'
import { plainKey } from '../../harness/chain/plainKey.ts'
import { encodeUint } from '../../harness/codec/scale.ts'
import type { SequenceBlock } from '../rehearsal/blockSequence.ts'

const NUMBER_KEY = plainKey('System', 'Number')
const NUMBER_BYTES = 4

export interface JumpOptions {
  /** Any fork of the chain: it is left as it is. */
  readonly fork: Fork
  /** Where the chain stands; past its first block. */
  readonly head: ChainHead
  /** Height of the block to build, above the head's. */
  readonly number: number
  /** Of a slot; the time between the heights passes too. */
  readonly slotDurationMs: bigint
}

/**
 * The block of a height further off, as if those between had been and changed nothing but number and time. An assumption: the
 * state is the head's in all else.
 */
export async function buildAtHeight({
  fork,
  head,
  number,
  slotDurationMs,
}: JumpOptions): Promise<SequenceBlock> {
  const before = number - 1
  const chain = fork.at(createHead({ ...head.header, number: before }, head.state))
  if (before > head.number) {
    const width = head.state.get(NUMBER_KEY)?.length ?? NUMBER_BYTES
    const changes = new Map([[NUMBER_KEY, encodeUint(before, width)]])
    chain.setStorage(changes, `the height is ${before}: blocks from ${head.number + 1} on are left out`)
  }
  const skippedMs = BigInt(before - head.number + 1) * slotDurationMs
  return buildNext(chain, currentTimeMs(head.state) + skippedMs)
}

/** The block after `head` at a time further off. An assumption too: nobody authored in the slots between. */
export function buildAtTime(fork: Fork, head: ChainHead, timestampMs: bigint): Promise<SequenceBlock> {
  return buildNext(fork.at(head), timestampMs)
}

async function buildNext(chain: Fork, timestampMs: bigint): Promise<SequenceBlock> {
  const parent = chain.head
  const runtime = await chain.context()
  const result = await chain.buildBlock({ timestampMs })
  return { number: parent.number + 1, parent, runtime, result }
}
