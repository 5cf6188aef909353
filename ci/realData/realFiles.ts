/** A file of a public repository's history, named by its content. */
export interface RealFile {
  /** Git's object id of the content: SHA-1 of `blob <size>\0` and the bytes. */
  readonly blobId: string
  readonly repository: 'opentensor/subtensor' | 'smol-dot/smoldot' | null
  /** Where it stood when it was first committed, or what it is when no repository has it. */
  readonly path: string
}

const subtensor = (blobId: string, path: string): RealFile => ({
  blobId,
  repository: 'opentensor/subtensor',
  path,
})
const smoldot = (blobId: string, path: string): RealFile => ({ blobId, repository: 'smol-dot/smoldot', path })
/** Answers of nodes that were recorded. */
const recorded = (blobId: string, path: string): RealFile => ({ blobId, repository: null, path })

/** Every file that the suite reads; `docs/realData.md` says how to get them. A number is the spec_version inside. */
export const REAL_FILES = {
  subtensor100: subtensor(
    '356d0dda15b32bff3245943d20b65a7f3e30205d',
    'bin/chain/specs/subtensorSpecRaw.json',
  ),
  testfinney103: subtensor('08eabf415c3184886c0df3a6793a07a5615e4879', 'raw_spec_testfinney.json'),
  finneyPlain101: subtensor('7c6e2e19d4432e9a0b718d9848f1e5c20440455b', 'plain_spec_finney.json'),
  finneyRaw101: subtensor('51fbc255d122e09a4e34f42c620be05afdf3a908', 'chainspecs/raw_spec_finney.json'),
  finneyState: {
    blobId: '7b5e74cf95f9495b4a746ea886ceb7547d8b3f2d',
    repository: null,
    path: 'finney-genesis.state.json.gz',
  },
  finneyPlain109: subtensor('bc4e28444081ad5d4f10068fd6e490bb89d733ea', 'finney_plain_spec.json'),
  local119: subtensor(
    '258f5485afeb028d97f49f149a08fc19ea6bd248',
    'tests/mock_subtensor/specs/local_raw.json',
  ),
  substitute143: subtensor(
    'bd47a74dd0ddf1d52488bb8ee78b0b3141c0c2bb',
    'node/src/chain_spec/code_substitute_2585476.txt',
  ),
  local181: subtensor('24634676f1a4317700f2d3d9e1223c7e9aa7f4f8', 'specs/local.json'),
  local185: subtensor('4f53b10fdadc3a7265f052405ae8fb12399039a0', 'scripts/specs/local.json'),
  local200: subtensor('29345212ae5e5d6242d1a2002785bd4c191820c3', 'scripts/specs/local.json'),
  local202: subtensor('8fec9ea8d1deda0814883f0210a01a29a8f62c02', 'scripts/specs/local.json'),
  raonet204: subtensor('3ec3314554b417bcd4b9f6fd65e7882f6d0ef1bc', 'scripts/specs/raonet.json'),
  raonet205: subtensor('48d010d6d2454df7100e97d74a7e7c09022a39a2', 'scripts/specs/raonet.json'),
  raonet218: subtensor('0bb820e65e927cdf2ac92ce846150ddbe5ae42aa', 'scripts/specs/raonet.json'),
  auraDev293: subtensor('dd53a75be37ed9029356a03d9ef68aff88007195', 'aura-dev.json'),
  babePos300: subtensor('902423a5d4b05b85a6890d606df970d0c8f82bd5', 'babe-pos.wasm'),
  babeNpos300: subtensor('e91dc5275560c4797abb09b44b8112fee1af62e1', 'babe-npos.wasm'),
  westend: smoldot('f3fb5717bda6e8eb8c761ae1f274497071a44ac8', 'wasm-node/javascript/test/westend.json'),
  coretime: smoldot('7ee9927922550289e95de33fd5fdd727296dd5fd', 'demo-chain-specs/polkadot_coretime.json'),
  collectives: smoldot(
    '75beb42ad392309186508604995b4547bd478503',
    'demo-chain-specs/polkadot_collectives.json',
  ),
  nodeTemplate: smoldot(
    'c02f12d005f2e7db5e973acbb0b33086cf7ee147',
    'full-node/tests/substrate-node-template.json',
  ),
  childTrieCreateOne: smoldot(
    'cb66d74969418e8b18cb3167c23227ca4fcd8049',
    'lib/src/executor/runtime_call/child-trie-create-one.json',
  ),
  childTrieCreateMultiple: smoldot(
    '1fc54d9b1833073cb7baa10156ff3464dab1a512',
    'lib/src/executor/runtime_call/child-trie-create-multiple.json',
  ),
  childTrieDestroy: smoldot(
    'a6dbaa82a44969083577436664de3efee44d383c',
    'lib/src/executor/runtime_call/child-trie-destroy.json',
  ),
  childTrieReadBasic: smoldot(
    'ec59a6665eb5a4cf1fca115c4d2bd63f25d26718',
    'lib/src/executor/runtime_call/child-trie-read-basic.json',
  ),
  kusamaGenesis: recorded('3a4b99bbbdda7a0bf98642a46af9e96a682d429b', 'kusama-genesis.json.gz'),
  kusamaBlock1: recorded('4567b22e19a419251f0b01c2ab5ac0f9816da0da', 'kusama-block-1.json'),
  westendGenesis: recorded('54a7c094ca69f7b1c48e0cfdeb5c18b813743456', 'westend-genesis.json.gz'),
  westendBlocks: recorded('cdd7bebd07dc8ffc52497fa7796a5b99e75649da', 'westend-blocks-1-128.json'),
  finneyRpc: recorded('1827f6157644e1d9f11953d347dc997e209eb865', 'finney-rpc.json.gz'),
} satisfies Readonly<Record<string, RealFile>>

export type RealFileName = keyof typeof REAL_FILES
