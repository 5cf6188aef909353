/** The thread that runs a stranger's module: it can be ended from outside, whatever the module does. */
import { parentPort, workerData } from 'node:worker_threads'
import { fuzzConsensus } from '../campaign/fuzzConsensus.ts'
import type { ConsensusJob, ConsensusReport } from './protocol.ts'

const report = (message: ConsensusReport) => parentPort?.postMessage(message)
// SAFETY: only `fuzzInThread` starts this file, with a job.
const { wasm, options } = workerData as ConsensusJob
const result = fuzzConsensus(wasm, {
  ...options,
  onFinding: (finding) => report({ kind: 'finding', finding }),
})
report({ kind: 'done', result })
