import type { Fork } from '../../harness/chain/fork.ts'

/** A Stake row whose hotkey has no Owner row. */
export async function ownerlessStake(fork: Fork): Promise<void> {
  const { codec } = await fork.context()
  const account = (byte: number) => `0x${byte.toString(16).padStart(2, '0').repeat(32)}`
  const key = codec.storageKey('SubtensorModule', 'Stake', account(0xa1), account(0xb2))
  const value = codec.encodeValue('SubtensorModule', 'Stake', 1_000_000_000n)
  fork.setStorage(new Map([[key, value]]), 'stake of a hotkey without owner')
}
