import { concatBytes } from '../../base/bytes.ts'
import { blake2_256 } from '../../base/hash.ts'
import { decodeCompact, decodeUint, encodeUint } from '../../codec/scale.ts'
import { encodeDigestItem } from '../digestItem.ts'
import { hasEntryPoint, queryRuntime, type RuntimeCode } from '../runtimeQuery.ts'
import type { Consensus } from './consensus.ts'
import { nextSlot } from './nextSlot.ts'

const CONFIGURATION = 'BabeApi_configuration'
const SECONDARY_PLAIN = 2
const AUTHORITY_BYTES = 40

interface BabeConfiguration {
  readonly slotDurationMs: bigint
  readonly authorityCount: number
  readonly randomness: Uint8Array
}

/**
 * BABE, always by a plain secondary claim: it needs no key and the runtime accepts it whatever the chain's allowed
 * slots are (nodes check those, runtimes do not). The author is the one that the epoch's randomness names for the slot.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-v1.9.0/substrate/client/consensus/babe/src/authorship.rs
 */
export const babe: Consensus = {
  name: 'babe',

  isUsedBy: (runtime: RuntimeCode) => hasEntryPoint(runtime.blob, CONFIGURATION),

  async claim(runtime, parent, request) {
    const answer = await queryRuntime(runtime, parent.state, {
      entryPoint: CONFIGURATION,
      decode: decodeConfiguration,
    })
    if (answer.kind === 'failed') return answer
    const slotDurationMs = request.slotDurationMs ?? answer.value.slotDurationMs
    const time = nextSlot(parent.state, slotDurationMs, request)
    const slot = encodeUint(time.slot, 8)
    const author = encodeUint(secondaryAuthor(answer.value, slot), 4)
    const data = concatBytes(new Uint8Array([SECONDARY_PLAIN]), author, slot)
    const digest = [encodeDigestItem({ kind: 'preRuntime', engine: 'BABE', data })]
    return { kind: 'ok', value: { ...time, slotDurationMs, digest, inherentId: 'babeslot' } }
  },
}

/** `slot_duration: u64, epoch_length: u64, c: (u64, u64), authorities: Vec<(id, weight)>, randomness: [u8; 32], …` */
function decodeConfiguration(output: Uint8Array): BabeConfiguration | null {
  const authorities = decodeCompact(output, 32)
  if (authorities === null) return null
  const randomnessAt = authorities.end + authorities.value * AUTHORITY_BYTES
  const randomness = output.subarray(randomnessAt, randomnessAt + 32)
  const slotDurationMs = decodeUint(output.subarray(0, 8))
  if (randomness.length !== 32 || slotDurationMs === 0n) return null
  return { slotDurationMs, authorityCount: authorities.value, randomness }
}

/** `blake2_256(randomness, slot)` as a big-endian number, modulo the count of authorities. */
function secondaryAuthor(configuration: BabeConfiguration, slot: Uint8Array): bigint {
  if (configuration.authorityCount === 0) return 0n
  const random = blake2_256(concatBytes(configuration.randomness, slot))
  return decodeUint(random.reverse()) % BigInt(configuration.authorityCount)
}
