import { readFileSync } from 'node:fs'
import { hexToBytes } from '../../harness/base/bytes.ts'
import { DrydockError } from '../../harness/base/errors.ts'
import { Fork } from '../../harness/chain/fork.ts'
import { decodeHeader } from '../../harness/chain/header.ts'
import { parseRuntimeBlob, readRuntimeBytes } from '../../harness/runtime/blob/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { readSnapshot } from '../../harness/state/sources/index.ts'
import { ScenarioChain } from './scenarioChain.ts'

/** Names the file that tells a scenario what it runs on. */
export const SCENARIO_INPUT = 'DRYDOCK_SCENARIO_INPUT'

/** What is in that file. */
export interface ScenarioInput {
  /** Path of a snapshot of the chain under test. */
  readonly snapshot: string
  /** Path of the runtime under test, as submitted. */
  readonly runtime: string
}

/**
 * The chain under test at its block, before the upgrade; each call gives one of its own. Signatures are taken on trust, so that
 * any account can be played. Throws `SCENARIO_ALONE` outside of `drydock check --scenarios`.
 */
export async function fork(): Promise<ScenarioChain> {
  const { snapshot, runtime } = readInput(process.env[SCENARIO_INPUT])
  const { manifest, store } = await readSnapshot(snapshot)
  const header = manifest.header === null ? null : decodeHeader(hexToBytes(manifest.header))
  const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
  const chain = await Fork.open({
    store,
    executor,
    callOptions: { signatures: 'accept' },
    ...(header === null ? {} : { header }),
  })
  return new ScenarioChain(chain, parseRuntimeBlob(await readRuntimeBytes(runtime)))
}

function readInput(path: string | undefined): ScenarioInput {
  if (path === undefined) {
    throw new DrydockError('a scenario runs on a chain that drydock hands to it', {
      code: 'SCENARIO_ALONE',
      kind: 'usage',
      hints: ['Run it with npx drydock check --fork SOURCE --runtime FILE --scenarios DIR.'],
    })
  }
  // SAFETY: written by the same version of the program that reads it.
  return JSON.parse(readFileSync(path, 'utf8')) as ScenarioInput
}
