import { concatBytes } from '../../base/bytes.ts'
import { decodeUint, encodeBytes, encodeCompact, encodeUint } from '../../codec/scale.ts'
import type { ChainState } from '../../state/chainState.ts'
import { createTrieProof } from '../../state/trie/index.ts'
import { encodeHeader } from '../header.ts'
import { plainKey } from '../plainKey.ts'
import { type Answer, hasEntryPoint, queryRuntime } from '../runtimeQuery.ts'
import type { Authoring, InherentProvider } from './inherentProvider.ts'
import { createRelayAuthority, encodeRelayAuthorities, mockRelayDescendants } from './relayDescendants.ts'
import { mockRelayState, RELAY_SLOT_MS } from './relayState.ts'

const DEFAULT_PARA_ID = 100
const FIRST_RELAY_NUMBER = 1_000n
const MAX_POV_BYTES = 5 * 1024 * 1024
const OFFSET = 'RelayParentOffsetApi_relay_parent_offset'

/**
 * `ParachainInherentData` over a made-up relay chain: its state holds what the runtime reads and a proof of it, its slot
 * is that of the claimed time, its number goes on from the last one that the parachain saw. The second identifier is of
 * runtimes since 2025, which add the descendants of the relay parent and the peer id of the collator.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-stable2506/cumulus/primitives/parachain-inherent/src/lib.rs
 */
export const parachainSystem: InherentProvider = {
  name: 'parachainSystem',
  isNeeded: ({ runtime }) => runtime.codec.hasPallet('ParachainSystem'),
  async create(authoring) {
    const offset = await relayParentOffset(authoring)
    if (offset.kind === 'failed') return offset
    const { basic, descendants } = mockInherentData(authoring, offset.value)
    const noPeer = new Uint8Array([0])
    const full = concatBytes(basic, encodeCompact(descendants.length), ...descendants, noPeer)
    return {
      kind: 'ok',
      value: new Map([
        ['sysi1337', basic],
        ['sysi1338', full],
      ]),
    }
  },
}

/** How far behind the relay chain's best block the runtime wants its relay parent; 0 before there was such a thing. */
async function relayParentOffset({ runtime, parent }: Authoring): Promise<Answer<number>> {
  if (!hasEntryPoint(runtime.blob, OFFSET)) return { kind: 'ok', value: 0 }
  return queryRuntime(runtime, parent.state, {
    entryPoint: OFFSET,
    decode: (output) => (output.length === 4 ? Number(decodeUint(output)) : null),
  })
}

/** `basic`: `validation_data, relay_chain_state, downward_messages, horizontal_messages`. */
function mockInherentData({ parent, claim }: Authoring, offset: number) {
  const paraId = parent.state.get(plainKey('ParachainInfo', 'ParachainId')) ?? encodeUint(DEFAULT_PARA_ID, 4)
  const slot = claim.timestampMs / RELAY_SLOT_MS
  const number = nextRelayNumber(parent.state, claim.slotDurationMs)
  const authority = offset > 0 ? createRelayAuthority() : null
  const authorities = authority === null ? null : encodeRelayAuthorities(authority)
  const proof = createTrieProof(mockRelayState({ paraId, slot, included: parent, authorities }), 0)
  const noMessages = new Uint8Array([0])
  const basic = concatBytes(
    encodeBytes(encodeHeader(parent.header)),
    encodeUint(number, 4),
    proof.root,
    encodeUint(MAX_POV_BYTES, 4),
    encodeCompact(proof.nodes.length),
    ...proof.nodes.map(encodeBytes),
    noMessages,
    noMessages,
  )
  const relayParent = { number, slot, stateRoot: proof.root }
  const descendants = authority === null ? [] : mockRelayDescendants(relayParent, offset, authority)
  return { basic, descendants }
}

function nextRelayNumber(state: ChainState, slotDurationMs: bigint): bigint {
  const last = lastRelayNumber(state)
  if (last === 0n) return FIRST_RELAY_NUMBER
  const passed = slotDurationMs / RELAY_SLOT_MS
  return last + (passed > 0n ? passed : 1n)
}

/** Older runtimes keep the number only in `PersistedValidationData`, in front of the relay root and the PoV limit. */
function lastRelayNumber(state: ChainState): bigint {
  const stored = state.get(plainKey('ParachainSystem', 'LastRelayChainBlockNumber'))
  if (stored !== null) return decodeUint(stored)
  const validation = state.get(plainKey('ParachainSystem', 'ValidationData'))
  const start = (validation?.length ?? 0) - 40
  return validation === null || start < 0 ? 0n : decodeUint(validation.subarray(start, start + 4))
}
