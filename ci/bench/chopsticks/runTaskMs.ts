import { hexToBinary } from '../../../harness/base/bytes.ts'
import type { CallRequest } from '../../../harness/runtime/executor.ts'
import { type Hex, keyToHex, toHex } from './hex.ts'
import { loadChopsticks } from './loadChopsticks.ts'

/**
 * Milliseconds of a runtime call in Chopsticks' executor without its chain: no storage layers, each question answered at
 * once from memory. It gets the code as the state has it, compressed. Throws when the call fails.
 */
export async function runTaskMs({ blob, entryPoint, input, state }: CallRequest): Promise<number> {
  const { runTask } = await loadChopsticks()
  const refuse = async (): Promise<never> => {
    throw new Error('no offchain call in a benchmark')
  }
  const startMs = performance.now()
  const response = await runTask(
    {
      wasm: toHex(blob.submitted),
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
        return next?.startsWith(hexToBinary(prefix)) ? keyToHex(next) : undefined
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
