import { ApiPromise } from '@polkadot/api'
import type { ApiOptions } from '@polkadot/api/types'
import { Keyring } from '@polkadot/keyring'
import { describe, expect, it } from 'vitest'
import { bytesToHex, hexToBinary, hexToBytes } from '../../../harness/base/bytes.ts'
import { blockEvents } from '../../../harness/chain/blockEvents.ts'
import type { Fork } from '../../../harness/chain/fork.ts'
import { checkTestContext } from '../../checks/checkContext.testkit.ts'

/** What a polkadot.js client asks before it can encode and sign, answered from a fork. */
function offlineProvider(fork: Fork) {
  const answer = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const { head } = fork
    const context = await fork.context()
    switch (method) {
      case 'chain_getBlockHash':
        return bytesToHex(head.hash)
      case 'state_getMetadata':
        return bytesToHex(context.metadata)
      case 'state_getRuntimeVersion': {
        const { systemVersion, ...version } = context.version
        return { ...version, stateVersion: systemVersion }
      }
      case 'state_getStorage': {
        const value = head.state.get(hexToBinary(String(params[0])))
        return value === null ? null : bytesToHex(value)
      }
      case 'state_call': {
        const outcome = await fork.call(String(params[0]), hexToBytes(String(params[1])))
        if (outcome.kind !== 'ok') throw new Error(outcome.kind)
        return bytesToHex(outcome.output)
      }
      case 'system_chain':
        return 'Miniature'
      case 'system_properties':
        return {}
      case 'rpc_methods':
        return { methods: [] }
      default:
        throw new Error(`not answered here: ${method}`)
    }
  }
  const provider = {
    hasSubscriptions: false,
    isClonable: false,
    isConnected: true,
    clone: () => provider,
    connect: async () => {},
    disconnect: async () => {},
    on: (event: string, handle: () => void) => {
      if (event === 'connected') handle()
      return () => {}
    },
    send: answer,
    subscribe: async () => 0,
    unsubscribe: async () => true,
  }
  return provider
}

async function connect(fork: Fork): Promise<ApiPromise> {
  // SAFETY: the client uses no more of a provider than this.
  const provider = offlineProvider(fork) as unknown as NonNullable<ApiOptions['provider']>
  return ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true })
}

describe('a polkadot.js client', () => {
  it('signs a transfer that the runtime applies, with the signature really checked', async () => {
    const { fork } = await checkTestContext()
    const api = await connect(fork)
    const keyring = new Keyring({ type: 'sr25519' })
    const [alice, bob] = [keyring.addFromUri('//Alice'), keyring.addFromUri('//Bob')]
    const transfer = api.tx['balances']?.['transferKeepAlive']?.(bob.address, 12_345n)
    const signed = await transfer?.signAsync(alice, { nonce: 0, era: 0 })
    const result = await fork.buildBlock({ extrinsics: [signed?.toU8a() ?? new Uint8Array()] })
    if (result.kind === 'failed') throw new Error(result.message)
    expect(result.dropped).toEqual([])
    const { codec } = await fork.context()
    const events = blockEvents(codec, fork.head.state).events.map(({ pallet, event }) => `${pallet}.${event}`)
    expect(events).toContain('Balances.Transfer')
    await api.disconnect()
  })

  it('finds storage where our codec finds it', async () => {
    const { fork } = await checkTestContext()
    const api = await connect(fork)
    const { codec } = await fork.context()
    const alice = new Keyring({ type: 'sr25519' }).addFromUri('//Alice').address
    expect(hexToBinary(api.query['system']?.['account']?.key(alice) ?? '')).toBe(
      codec.storageKey('System', 'Account', alice),
    )
    await api.disconnect()
  })
})
