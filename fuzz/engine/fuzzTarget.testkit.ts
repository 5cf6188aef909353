import { buildGenesis, Fork, RuntimeCache } from '../../harness/chain/index.ts'
import { devAccount } from '../../harness/codec/index.ts'
import { parseRuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import { createPackedStore } from '../../harness/state/store/packedStore.ts'
import { demoRuntime } from '../../scenarios/demo/chain/index.ts'
import type { FuzzTarget } from './fuzzTarget.ts'

const DEV_PATHS = ['//Alice', '//Bob', '//Charlie', '//Dave', '//Eve', '//Ferdie']
const FUNDS = 10n ** 16n

/** A chain of the miniature with six funded accounts, Alice as sudo, and no subnet, at block 1. */
export async function emptyTarget(runtimeName: string): Promise<FuzzTarget & { readonly fork: Fork }> {
  const executor = new V8Executor({ clock: { nowMs: () => 0 } })
  const options = { signatures: 'accept', maxLogLevel: 1 } as const
  const empty = ChainState.fromStore(createPackedStore([]))
  const runtime = await new RuntimeCache(executor, options).of(
    parseRuntimeBlob(demoRuntime(runtimeName)),
    empty,
  )
  if (runtime.kind === 'failed') throw new Error(runtime.message)
  const patch = { subtensorModule: { networks: [], neurons: [] } }
  const genesis = await buildGenesis(runtime.value, { preset: 'development', patch })
  if (genesis.kind === 'failed') throw new Error(genesis.message)
  const fork = await Fork.open({ store: genesis.value, executor, callOptions: options })
  const { codec } = runtime.value
  const data = { free: FUNDS, reserved: 0, frozen: 0, flags: 1n << 127n }
  const account = { nonce: 0, consumers: 0, providers: 1, sufficients: 0, data }
  const value = codec.encodeValue('System', 'Account', account)
  const keys = DEV_PATHS.map((path) => codec.storageKey('System', 'Account', devAccount(path).accountId))
  const issuance = codec.encodeValue('Balances', 'TotalIssuance', BigInt(DEV_PATHS.length) * FUNDS)
  const subtensorIssuance = codec.encodeValue(
    'SubtensorModule',
    'TotalIssuance',
    BigInt(DEV_PATHS.length) * FUNDS,
  )
  fork.setStorage(
    new Map([
      ...keys.map((key) => [key, value] as const),
      [codec.storageKey('Balances', 'TotalIssuance'), issuance],
      [codec.storageKey('SubtensorModule', 'TotalIssuance'), subtensorIssuance],
    ]),
    'six accounts with funds',
  )
  const built = await fork.buildBlock()
  if (built.kind === 'failed') throw new Error(built.message)
  return { runtime: await fork.context(), head: fork.head, fork }
}
