/** The worker thread's entry: reads requests, answers calls. */
import { parentPort } from 'node:worker_threads'
import type { WorkerReply, WorkerRequest } from './protocol.ts'
import { WorkerHost } from './workerHost.ts'

const port = parentPort
if (port === null) throw new Error('executorWorker runs as a worker thread only')

const say = (reply: WorkerReply, transfer: readonly ArrayBuffer[] = []) => port.postMessage(reply, transfer)
const host = new WorkerHost({ clock: { nowMs: () => performance.now() } })
port.on('message', (request: WorkerRequest) => {
  const reply = host.handle(request)
  if (reply === null) return
  const isPacked = reply.kind === 'outcome' && reply.outcome.kind === 'ok'
  say(reply, isPacked ? [reply.outcome.packedChanges.buffer] : [])
})
say({ kind: 'ready' })
