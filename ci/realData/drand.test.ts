import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BuiltBlock } from '../../harness/chain/build/blockBuilder.ts'
import { proveBlock } from '../../harness/chain/executeBlock.ts'
import { Fork } from '../../harness/chain/fork.ts'
import { type ChainCodec, devAccount } from '../../harness/codec/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { builtGenesis, fileRuntime } from './realChain.ts'
import { RealData } from './realData.ts'

/** Round 1000 of drand's quicknet: https://api.drand.sh/52db9ba7…/public/1000 */
const RANDOMNESS = '0xfe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd'
const SIGNATURE =
  '0xb44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39'
const BLS_IMPORT = /^ext_host_calls_bls12_381_/

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const reason = data.skipReason('auraDev293', 'babeNpos300')
/** A new one for each test: it remembers pairings that it has computed. */
let executor: V8Executor
let store: Store | null = null
beforeEach(async () => {
  executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
  if (reason === '') store = await builtGenesis(data, 'auraDev293', executor)
})
afterEach(async () => {
  store?.close()
  await executor.close()
})

/** An unsigned extrinsic as the off-chain worker of a validator sends it: its payload is signed. */
function writePulse(codec: ChainCodec, round: number): Uint8Array {
  const author = devAccount('//Alice')
  const payload = {
    block_number: 1,
    pulses: [{ round, randomness: RANDOMNESS, signature: SIGNATURE }],
    public: { Sr25519: author.publicKey },
  }
  const unsigned = codec.encodeCall('Drand', 'write_pulse', { pulses_payload: payload, signature: null })
  // Two bytes of call index before the payload, one of `None` after it.
  const signature = { Sr25519: author.sign(unsigned.subarray(2, -1)) }
  return codec.encodeUnsigned(
    codec.encodeCall('Drand', 'write_pulse', { pulses_payload: payload, signature }),
  )
}

type SpecVersion = 293 | 300

async function forkAt(specVersion: SpecVersion): Promise<Fork> {
  if (store === null) throw new Error('no state')
  const fork = await Fork.open({ store, executor })
  if (specVersion === 300) {
    expect(await fork.upgrade(await fileRuntime(data, 'babeNpos300'))).toMatchObject({ kind: 'upgraded' })
  }
  return fork
}

async function blockWithPulse(
  specVersion: SpecVersion,
  round: number,
): Promise<{ fork: Fork; block: BuiltBlock; pulses: number }> {
  const fork = await forkAt(specVersion)
  const runtime = await fork.context()
  const parent = fork.head
  const block = await fork.buildBlock({ extrinsics: [writePulse(runtime.codec, round)] })
  if (block.kind === 'failed') throw new Error(block.message)
  expect(block.dropped).toEqual([])
  expect(await proveBlock(runtime, parent, block)).toMatchObject({ holds: true })
  const prefix = runtime.codec.storagePrefix('Drand', 'Pulses')
  return { fork, block, pulses: [...fork.head.state.keysWithPrefix(prefix)].length }
}

function pulseMs({ phases }: BuiltBlock): string {
  const phase = phases.find(({ name }) => name.kind === 'extrinsic' && !name.inherent)
  return `write_pulse took ${phase?.outcome.cost.wallMs.toFixed(0)} ms`
}

describe.skipIf(reason !== '').each<SpecVersion>([293, 300])(
  `drand pulses under spec %i, through the BLS12-381 host calls${reason}`,
  (specVersion) => {
    it('stores round 1000, whose signature is right', async ({ annotate }) => {
      const { fork, block, pulses } = await blockWithPulse(specVersion, 1000)
      const { blob, codec, version } = await fork.context()
      expect(version.specVersion).toBe(specVersion)
      expect(blob.imports.filter(({ name }) => BLS_IMPORT.test(name))).toHaveLength(4)
      expect(block.phases.at(-2)).toMatchObject({ applyResult: { kind: 'success' } })
      expect(pulses).toBe(1)
      const stored = fork.head.state.get(codec.storageKey('Drand', 'Pulses', 1000))
      expect(stored && codec.decodeValue('Drand', 'Pulses', stored)).toMatchObject({
        value: { round: '1000', randomness: RANDOMNESS, signature: SIGNATURE },
      })
      await annotate(pulseMs(block))
    })

    it('does not store round 1001 with the signature of round 1000', async ({ annotate }) => {
      const { block, pulses } = await blockWithPulse(specVersion, 1001)
      expect(pulses).toBe(0)
      await annotate(pulseMs(block))
    })
  },
)
