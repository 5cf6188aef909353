import substrateV11 from '@polkadot/types-support/metadata/v11/substrate-hex'
import substrateV12 from '@polkadot/types-support/metadata/v12/substrate-hex'
import substrateV13 from '@polkadot/types-support/metadata/v13/substrate-hex'
import contractsV14 from '@polkadot/types-support/metadata/v14/substrate-contracts-node-hex'
import assetHubV15 from '@polkadot/types-support/metadata/v15/asset-hub-polkadot-hex'
import substrateV16 from '@polkadot/types-support/metadata/v16/substrate-hex'
import { hexToBytes } from '../../base/bytes.ts'
import { type ChainCodec, createChainCodec } from '../chainCodec.ts'

export const PUBLISHED_METADATA = ['v11', 'v12', 'v13', 'contractsV14', 'assetHubV15', 'v16'] as const

export type PublishedMetadata = (typeof PUBLISHED_METADATA)[number]

interface PublishedSource {
  readonly hex: string
  readonly specName: string
  readonly specVersion: number
}

/** Published metadata of real runtimes, for tests: from @polkadot/types-support, which @polkadot/api tests itself with. */
const PUBLISHED: Readonly<Record<PublishedMetadata, PublishedSource>> = {
  v11: { hex: substrateV11, specName: 'node', specVersion: 255 },
  v12: { hex: substrateV12, specName: 'node', specVersion: 264 },
  v13: { hex: substrateV13, specName: 'node', specVersion: 267 },
  contractsV14: { hex: contractsV14, specName: 'substrate-contracts-node', specVersion: 100 },
  assetHubV15: { hex: assetHubV15, specName: 'statemint', specVersion: 1_000_000 },
  v16: { hex: substrateV16, specName: 'node', specVersion: 268 },
}

/** The bytes of one of them. */
export function publishedMetadata(name: PublishedMetadata): Uint8Array {
  return hexToBytes(PUBLISHED[name].hex)
}

/** A codec for one of them. */
export function publishedCodec(name: PublishedMetadata): ChainCodec {
  const { specName, specVersion } = PUBLISHED[name]
  return createChainCodec({ metadata: publishedMetadata(name), specName, specVersion })
}
