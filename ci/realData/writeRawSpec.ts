import { writeFile } from 'node:fs/promises'
import { binaryToHex, bytesToHex } from '../../harness/base/bytes.ts'
import type { ChainState } from '../../harness/state/chainState.ts'

/** Writes a state without child tries as a raw chain spec. */
export async function writeRawSpec(path: string, state: ChainState, name: string): Promise<void> {
  const top: Record<string, string> = {}
  for (const key of state.keysWithPrefix(''))
    top[binaryToHex(key)] = bytesToHex(state.get(key) ?? new Uint8Array())
  const spec = { name, id: name, chainType: 'Local', genesis: { raw: { top, childrenDefault: {} } } }
  await writeFile(path, JSON.stringify(spec))
}
