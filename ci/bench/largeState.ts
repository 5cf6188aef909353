/**
 * `npm run bench:state [-- KEYS]`: what the checks that read a whole state cost on one of KEYS keys (default 1,000,000), under
 * the good candidate of the miniature. Time and memory go to stdout; exits with 1 when a check does not pass.
 */
import { Fork } from '../../harness/chain/fork.ts'
import { parseRuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { WorkerExecutor } from '../../harness/runtime/worker/workerExecutor.ts'
import { profileOf } from '../../scenarios/chains/index.ts'
import { DEFAULT_LIMITS } from '../../scenarios/check/limits.ts'
import { runChecks } from '../../scenarios/check/runChecks.ts'
import type { RunInputs } from '../../scenarios/check/runContext.ts'
import { selectChecks } from '../../scenarios/check/selectChecks.ts'
import { SharedSteps } from '../../scenarios/check/sharedSteps.ts'
import { CHECKS } from '../../scenarios/checks/index.ts'
import { demoRuntime, openDemoChain } from '../../scenarios/demo/chain/index.ts'
import { rehearsedBlocks } from '../../scenarios/rehearsal/rehearsal.ts'
import { largeStore } from './largeStore.ts'

const BLOCKS = 10
const DEADLINE_MS = 600_000
const ONLY = ['upgrade.diff', 'storage', 'invariants']

const clock = { nowMs: () => performance.now() }
const executor = new WorkerExecutor({ clock })
const say = (what: string, sinceMs: number) => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const wallS = ((clock.nowMs() - sinceMs) / 1000).toFixed(2).padStart(8)
  const cpuS = ((userCPUTime + systemCPUTime) / 1e6).toFixed(2).padStart(8)
  const mib = (maxRSS / 1024).toFixed(0).padStart(6)
  process.stdout.write(`${what.padEnd(36)}${wallS} s; so far ${cpuS} s of CPU, ${mib} MiB at most\n`)
}

let startMs = clock.nowMs()
const demo = await openDemoChain({ accounts: 6_000, subnets: 24, uids: 24 })
const { codec } = await (await Fork.open({ store: demo.store, executor })).context()
say('demo chain', startMs)

startMs = clock.nowMs()
const store = largeStore(demo.store, codec, Number(process.argv[2] ?? 1_000_000))
say(`a store of ${store.keyCount} keys`, startMs)

startMs = clock.nowMs()
const fork = await Fork.open({ store, executor })
const inputs = await inputsOf(fork)
const { signal } = new AbortController()
const steps = new SharedSteps(inputs, { signal })
await steps.get(rehearsedBlocks)
say('trie, upgrade and blocks', startMs)

startMs = clock.nowMs()
const results = await runChecks(selectChecks(CHECKS, { only: ONLY }), steps, {
  clock,
  reproduce: (id) => `drydock check --only ${id}`,
  deadlineMs: () => DEADLINE_MS,
  onResult: ({ id, status }) => say(`  ${id}: ${status}`, startMs),
})
say('all of these checks side by side', startMs)
await steps.close()
await executor.close()
store.close()
if (results.some(({ status }) => status !== 'passed')) process.exitCode = 1

async function inputsOf(chain: Fork): Promise<RunInputs> {
  const current = await chain.context()
  const candidate = parseRuntimeBlob(demoRuntime('v2'))
  return {
    fork: chain,
    current,
    candidate,
    blockCount: BLOCKS,
    profile: profileOf(current.version.specName),
    limits: DEFAULT_LIMITS,
    proposal: null,
    secondOpinion: null,
    progress: () => {},
  }
}
