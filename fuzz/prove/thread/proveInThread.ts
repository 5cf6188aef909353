import type { Worker } from 'node:worker_threads'
import { DrydockError, errorMessage } from '../../../harness/base/errors.ts'
import { startThread } from '../../../harness/runtime/worker/startThread.ts'
import type { ProveJob, ProveReply } from './protocol.ts'

export interface ThreadOptions {
  readonly signal: AbortSignal
  readonly onProgress: (text: string) => void
  /** Heap of the thread; default 4 GiB. */
  readonly heapMb?: number
}

export type ProveAnswer = Exclude<ProveReply, { readonly kind: 'progress' | 'failed' }>

/**
 * Judges, or checks a certificate, in a thread that ends when the signal says so. Errors: what the thread failed with;
 * `PROVE_MEMORY` when it ran out of heap, `PROVE_INTERRUPTED` after the signal.
 */
export function proveInThread(job: ProveJob, options: ThreadOptions): Promise<ProveAnswer> {
  const worker = startThread(import.meta.url, 'proveThread', {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: options.heapMb ?? 4096, stackSizeMb: 16 },
  })
  return answerOf(worker, options).finally(() => worker.terminate())
}

function answerOf(worker: Worker, { signal, onProgress }: ThreadOptions): Promise<ProveAnswer> {
  return new Promise((resolve, reject) => {
    const interrupt = () => reject(proveError('interrupted', 'PROVE_INTERRUPTED'))
    if (signal.aborted) interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    worker.on('message', (reply: ProveReply) => {
      if (reply.kind === 'progress') onProgress(reply.text)
      else if (reply.kind === 'failed') {
        reject(
          new DrydockError(reply.message, { code: reply.code, kind: reply.errorKind, hints: reply.hints }),
        )
      } else resolve(reply)
    })
    worker.on('error', (error) => {
      const isHeap = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      const message = isHeap ? 'judging the module ran out of memory' : errorMessage(error)
      reject(proveError(message, isHeap ? 'PROVE_MEMORY' : 'PROVE_FAILED'))
    })
    worker.on('exit', (code) => reject(proveError(`the thread ended with ${code}`, 'PROVE_FAILED')))
  })
}

function proveError(message: string, code: string): DrydockError {
  const hints = code === 'PROVE_MEMORY' ? ['Ask for smaller shapes with --shapes.'] : []
  return new DrydockError(message, { code, kind: code === 'PROVE_FAILED' ? 'bug' : 'environment', hints })
}
