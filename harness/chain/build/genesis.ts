import type { ChainState, StateVersion } from '../../state/chainState.ts'
import { EMPTY_TRIE_ROOT } from '../../state/trie/index.ts'
import { type ChainHead, createHead } from '../block.ts'
import { type Header, zeroHash } from '../header.ts'

/**
 * The header of block 0 over its state: no parent, no extrinsics, no digest.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-v1.9.0/substrate/client/chain-spec/src/genesis_block.rs
 */
export function genesisHeader(state: ChainState, stateVersion: StateVersion): Header {
  return {
    parentHash: zeroHash(),
    number: 0,
    stateRoot: state.stateRoot(stateVersion),
    extrinsicsRoot: EMPTY_TRIE_ROOT,
    digest: [],
  }
}

/** Block 0; `hash` of it is the chain's genesis hash. */
export function genesisHead(state: ChainState, stateVersion: StateVersion): ChainHead {
  return createHead(genesisHeader(state, stateVersion), state)
}
