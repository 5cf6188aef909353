import type { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import {
  type ChainCodec,
  type ChainInput,
  type ChainValue,
  type DevAccount,
  devAccount,
} from '../../harness/codec/index.ts'
import type { StateView } from '../../harness/state/stateView.ts'
import { asObject, field } from './realChain.ts'

export const SENDER = devAccount('//Alice')
export const RECEIVER = devAccount('//Bob')
const FUNDS = 1_000_000_000_000_000_000n

/** Gives the sender money, and the chain the issuance that it comes from. */
export function fundSender(fork: Fork, codec: ChainCodec): void {
  const fallback = codec.fallback('System', 'Account') ?? new Uint8Array()
  const empty = asObject(decodedValue(codec.decodeValue('System', 'Account', fallback)))
  const references = 'providers' in empty ? { providers: 1 } : {}
  const data = { ...asObject(field(empty, 'data')), free: FUNDS }
  fork.setStorage(
    new Map([
      [
        codec.storageKey('System', 'Account', SENDER.accountId),
        // SAFETY: a decoded value with some of its fields replaced.
        codec.encodeValue('System', 'Account', { ...empty, ...references, data } as Record<
          string,
          ChainInput
        >),
      ],
      [
        codec.storageKey('Balances', 'TotalIssuance'),
        codec.encodeValue('Balances', 'TotalIssuance', 4n * FUNDS),
      ],
    ]),
    'an account with money',
  )
}

export function freeBalance(codec: ChainCodec, state: StateView, { accountId }: DevAccount): bigint {
  const stored = state.get(codec.storageKey('System', 'Account', accountId))
  if (stored === null) return 0n
  return BigInt(String(field(decodedValue(codec.decodeValue('System', 'Account', stored)), 'data', 'free')))
}

export function signTransfer(
  { codec, version }: RuntimeContext,
  genesisHash: Uint8Array,
  amount: bigint,
): Uint8Array {
  const { specVersion, transactionVersion } = version
  const name = codec.hasCall('Balances', 'transfer_allow_death') ? 'transfer_allow_death' : 'transfer'
  // Before multi-addresses (2020), an account went as it is.
  const receiver = specVersion === 1 ? RECEIVER.accountId : { Id: RECEIVER.accountId }
  const call = codec.encodeCall('Balances', name, [receiver, amount])
  return codec.signExtrinsic({ call, nonce: 0, genesisHash, specVersion, transactionVersion, signer: SENDER })
}

function decodedValue(decoding: ReturnType<ChainCodec['decodeValue']>): ChainValue {
  if (decoding.kind === 'value') return decoding.value
  throw new Error(decoding.error)
}
