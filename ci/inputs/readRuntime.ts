import { readRuntimeBytes } from '../../harness/runtime/blob/index.ts'

const DEMO = 'demo:'

/**
 * The runtime that `--runtime` names: a file, or `demo:NAME` for one of the demo chain's. Errors as `readRuntimeBytes` and
 * `demoRuntime`.
 */
export async function readRuntime(source: string): Promise<Uint8Array> {
  if (!source.startsWith(DEMO)) return readRuntimeBytes(source)
  const { demoRuntime } = await import('../../scenarios/demo/chain/index.ts')
  return demoRuntime(source.slice(DEMO.length))
}
