import type { Worker } from 'node:worker_threads'
import { startThread } from '../../../harness/runtime/worker/startThread.ts'
import type { ConsensusFinding } from '../campaign/finding.ts'
import type { FuzzConsensusResult } from '../campaign/fuzzConsensus.ts'
import type { ConsensusJob, ConsensusReport, ThreadFuzzOptions } from './protocol.ts'

export interface FuzzInThreadOptions extends ThreadFuzzOptions {
  /** Of the whole campaign. */
  readonly deadlineMs: number
  /** Ends the thread; the promise is then rejected with the signal's reason. */
  readonly signal: AbortSignal
  readonly onFinding?: (finding: ConsensusFinding) => void
}

export type ThreadFuzzResult =
  | { readonly kind: 'done'; readonly result: FuzzConsensusResult }
  /** The thread was ended; what it had found stays. */
  | { readonly kind: 'deadline'; readonly findings: readonly ConsensusFinding[] }

const HEAP_LIMIT_MB = 1024

/**
 * `fuzzConsensus` in a thread of its own, which is ended at a deadline: instructions have a limit in the module itself, but
 * V8 can't be stopped from within while it compiles.
 */
export function fuzzInThread(wasm: Uint8Array, options: FuzzInThreadOptions): Promise<ThreadFuzzResult> {
  const { deadlineMs, signal, onFinding, ...rest } = options
  signal.throwIfAborted()
  const job: ConsensusJob = { wasm, options: rest }
  const worker = startThread(import.meta.url, 'consensusWorker', {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
  })
  return answerOf(worker, { deadlineMs, signal, onFinding: onFinding ?? (() => undefined) })
}

async function answerOf(
  worker: Worker,
  {
    deadlineMs,
    signal,
    onFinding,
  }: Required<Pick<FuzzInThreadOptions, 'deadlineMs' | 'signal' | 'onFinding'>>,
): Promise<ThreadFuzzResult> {
  const findings: ConsensusFinding[] = []
  let timer: NodeJS.Timeout | undefined
  let stop = () => {}
  try {
    return await new Promise<ThreadFuzzResult>((resolve, reject) => {
      timer = setTimeout(() => resolve({ kind: 'deadline', findings }), deadlineMs)
      stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      worker.once('error', reject)
      worker.once('exit', (code) => reject(new Error(`the thread that fuzzes ended with code ${code}`)))
      worker.on('message', (report: ConsensusReport) => {
        if (report.kind === 'done') return resolve(report)
        findings.push(report.finding)
        onFinding(report.finding)
      })
    })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}
