import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { parseRuntimeBlob } from '../blob/index.ts'
import type { CallOptions, OkOutcome, Outcome } from '../executor.ts'
import { V8Executor } from '../v8/v8Executor.ts'
import {
  assemble,
  HostScript,
  readScriptOutput,
  type ScriptArgument,
  scriptGuestWat,
} from './hostScript.testkit.ts'

/** One host call: its name without `ext_`, its arguments, the size of a `ptr` result. Text stands for its bytes. */
export type ScriptCall = readonly [name: string, args?: readonly (ScriptArgument | string)[], size?: number]

/** Runs host calls in V8, for tests. */
export interface ScriptRunner {
  run(calls: readonly ScriptCall[], where?: { state?: ChainState; options?: CallOptions }): Outcome
  /** As `run`; returns what each call gave, as hex. Throws when the call did not end well. */
  results(calls: readonly ScriptCall[], where?: { state?: ChainState; options?: CallOptions }): string[]
}

/** Makes the guest once; about 0.1 s. */
export async function createScriptRunner(memory: 'imported' | 'own' = 'imported'): Promise<ScriptRunner> {
  const blob = parseRuntimeBlob(await assemble(scriptGuestWat(memory)))
  const executor = new V8Executor({ clock: { nowMs: () => 0 } })
  const run: ScriptRunner['run'] = (calls, { state = emptyState(), options = {} } = {}) => {
    const script = new HostScript()
    for (const [name, args = [], size] of calls) {
      script.call(
        name,
        args.map((arg) => (typeof arg === 'string' ? utf8ToBytes(arg) : arg)),
        size,
      )
    }
    return executor.callSync({ blob, entryPoint: 'run', input: script.toInput(), state, options })
  }
  return {
    run,
    results: (calls, where) => readScriptOutput(assertOk(run(calls, where)).output).map(bytesToHex),
  }
}

/** Throws unless the call ended well. */
export function assertOk(outcome: Outcome): OkOutcome {
  if (outcome.kind !== 'ok')
    throw new Error(`${outcome.kind}: ${'message' in outcome ? outcome.message : ''}`)
  return outcome
}

/** A state of a few entries, its text as bytes. */
export function stateOf(entries: Readonly<Record<string, Uint8Array | string>>): ChainState {
  const pairs = Object.entries(entries).map(([key, value]) => {
    return [key, typeof value === 'string' ? utf8ToBytes(value) : value] as const
  })
  return ChainState.fromStore(createPackedStore(pairs))
}

function emptyState(): ChainState {
  return ChainState.fromStore(createPackedStore([]))
}
