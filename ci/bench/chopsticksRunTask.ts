import { destroyWorker, runTask } from '@acala-network/chopsticks'
import { binaryToBytes, bytesToHex, hexToBinary } from '../../harness/base/bytes.ts'
import type { CallRequest } from '../../harness/runtime/executor.ts'

type Hex = `0x${string}`

/**
 * A runtime call as Chopsticks itself makes it, with its own worker and its own way of asking for storage, and the state in
 * memory where it has it from a database or an endpoint: its best case. Returns the milliseconds; throws when the call fails.
 * (`ChopsticksExecutor` runs the same interpreter behind a faster bridge; it is our second opinion, not our yardstick.)
 */
export async function chopsticksCallMs({ blob, entryPoint, input, state }: CallRequest): Promise<number> {
  const refuse = async (): Promise<never> => {
    throw new Error('not in a benchmark')
  }
  const startMs = performance.now()
  const response = await runTask(
    {
      wasm: toHex(blob.wasm),
      calls: [[entryPoint, [toHex(input)]]],
      mockSignatureHost: true,
      allowUnresolvedImports: true,
      runtimeLogLevel: 0,
    },
    {
      getStorage: async (key: Hex) => {
        const value = state.get(hexToBinary(key))
        return value === null ? undefined : toHex(value)
      },
      getNextKey: async (prefix: Hex, key: Hex) => {
        const next = state.nextKey(hexToBinary(key))
        return next?.startsWith(hexToBinary(prefix)) ? toHex(binaryToBytes(next)) : undefined
      },
      offchainGetStorage: refuse,
      offchainTimestamp: refuse,
      offchainRandomSeed: refuse,
      offchainSubmitTransaction: refuse,
    },
    true,
  )
  const tookMs = performance.now() - startMs
  if ('Error' in response) throw new Error(`Chopsticks: ${entryPoint}: ${response.Error}`)
  return tookMs
}

export { destroyWorker as closeChopsticks }

function toHex(bytes: Uint8Array): Hex {
  // SAFETY: bytesToHex starts with 0x.
  return bytesToHex(bytes) as Hex
}
