/** The worker thread's entry: reads requests, answers calls. */
import { parentPort, workerData } from 'node:worker_threads'
import { WaitClock } from '../../state/store/waitClock.ts'
import type { WorkerReply, WorkerRequest, WorkerSetup } from './protocol.ts'
import { WorkerHost } from './workerHost.ts'

const port = parentPort
if (port === null) throw new Error('executorWorker runs as a worker thread only')

const say = (reply: WorkerReply, transfer: readonly ArrayBuffer[] = []) => port.postMessage(reply, transfer)
// SAFETY: `WorkerExecutor` starts this module with a `WorkerSetup`.
const { waits: shared } = workerData as WorkerSetup
const waits = new WaitClock(shared)
const host = new WorkerHost({ clock: { nowMs: () => performance.now() - waits.endedMs() }, waits })
port.on('message', (request: WorkerRequest) => {
  const reply = host.handle(request)
  if (reply === null) return
  const isPacked = reply.kind === 'outcome' && reply.outcome.kind === 'ok'
  say(reply, isPacked ? [reply.outcome.packedChanges.buffer] : [])
})
say({ kind: 'ready' })
