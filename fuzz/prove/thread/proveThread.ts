/** The thread in which modules are judged: walks take seconds without a pause, and whoever waits must be able to stop them. */
import { parentPort, workerData } from 'node:worker_threads'
import { DrydockError, errorMessage } from '../../../harness/base/errors.ts'
import { certificateFromJson, checkCertificate } from '../certificate/index.ts'
import { parseFamilies, proveModule } from '../judge/index.ts'
import { createExternalSolver, createZ3Solver, type Solver } from '../solver/index.ts'
import type { ProveJob, ProveReply } from './protocol.ts'

const say = (reply: ProveReply) => parentPort?.postMessage(reply)
// SAFETY: this thread is started by `proveInThread` alone, with a job.
const job = workerData as ProveJob

function solverOf(name: string | null): (Solver & { close?(): void }) | null {
  if (name === null) return null
  return name === 'z3' ? createZ3Solver() : createExternalSolver(name)
}

async function work(): Promise<ProveReply> {
  const solver = solverOf(job.solver)
  const { wasm, timeMs, maxSteps } = job
  const onProgress = (text: string) => say({ kind: 'progress', text })
  try {
    if (job.certificate !== null) {
      const certificate = certificateFromJson(job.certificate)
      return {
        kind: 'checked',
        check: await checkCertificate(wasm, certificate, { solver, timeMs, onProgress }),
      }
    }
    const shapes = job.shapes === null ? {} : { families: parseFamilies(job.shapes) }
    return {
      kind: 'proved',
      result: await proveModule(wasm, { solver, timeMs, maxSteps, onProgress, ...shapes }),
    }
  } finally {
    solver?.close?.()
  }
}

function toFailure(error: unknown): ProveReply {
  const known = error instanceof DrydockError ? error : null
  return {
    kind: 'failed',
    code: known?.code ?? 'PROVE_FAILED',
    errorKind: known?.kind ?? 'bug',
    message: errorMessage(error),
    hints: known?.hints ?? [],
  }
}

say(await work().catch(toFailure))
