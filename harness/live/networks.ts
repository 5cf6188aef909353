/** A chain that `--fork` knows by name. */
export interface Network {
  readonly name: string
  /** Public endpoints, asked in this order. */
  readonly endpoints: readonly string[]
  /** Hash of block 0, 0x-hex: what an endpoint must give to be asked anything else. */
  readonly genesisHash: string
}

/** Every known network. Endpoints are those that the chains' own documentation lists. */
export const NETWORKS: readonly Network[] = [
  {
    name: 'finney',
    endpoints: ['wss://entrypoint-finney.opentensor.ai:443', 'wss://archive.chain.opentensor.ai:443'],
    genesisHash: '0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03',
  },
  {
    name: 'testfinney',
    endpoints: ['wss://test.finney.opentensor.ai:443'],
    genesisHash: '0x8f9cf856bf558a14440e75569c9e58594757048d7b3a84b5d25f6bd978263105',
  },
  {
    name: 'polkadot',
    endpoints: ['wss://rpc.polkadot.io', 'wss://polkadot-rpc.dwellir.com', 'wss://polkadot.ibp.network'],
    genesisHash: '0x91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3',
  },
  {
    name: 'kusama',
    endpoints: ['wss://kusama-rpc.polkadot.io', 'wss://kusama-rpc.dwellir.com', 'wss://kusama.ibp.network'],
    genesisHash: '0xb0a8d493285c2df73290dfb7e61f870f17b41801197a149ca93654499ea3dafe',
  },
  {
    name: 'westend',
    endpoints: [
      'wss://westend-rpc.polkadot.io',
      'wss://westend-rpc.dwellir.com',
      'wss://westend.ibp.network',
    ],
    genesisHash: '0xe143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e',
  },
  {
    name: 'paseo',
    endpoints: ['wss://paseo.rpc.amforc.com', 'wss://paseo.ibp.network'],
    genesisHash: '0x77afd6190f1554ad45fd0d31aee62aacc33c6db0ea801129acb813f913e0764f',
  },
]

/** The network of that name; null when there is none. */
export function findNetwork(name: string): Network | null {
  return NETWORKS.find((network) => network.name === name) ?? null
}
