/** The thread that runs Chopsticks' executor; the state stays with the main thread, which answers its questions. */
import { parentPort } from 'node:worker_threads'
import { run_task } from '@acala-network/chopsticks-executor'
import { errorMessage } from '../../base/errors.ts'
import type { FromThread, Hex, TaskResponse, ToThread } from './protocol.ts'

const port = parentPort
if (port === null) throw new Error('chopsticksWorker runs as a worker thread only')

const waiting = new Map<number, (value: Hex | undefined) => void>()
let lastQuestion = 0

const say = (message: FromThread) => port.postMessage(message)
const refuse = (): Promise<never> => Promise.reject(new Error('a runtime under test has no outside world'))

const state = {
  getStorage: (key: Hex) =>
    new Promise<Hex | undefined>((resolve) => {
      waiting.set(++lastQuestion, resolve)
      say({ kind: 'get', id: lastQuestion, key })
    }),
  getNextKey: (prefix: Hex, key: Hex) =>
    new Promise<Hex | undefined>((resolve) => {
      waiting.set(++lastQuestion, resolve)
      say({ kind: 'nextKey', id: lastQuestion, prefix, key })
    }),
  offchainGetStorage: refuse,
  offchainTimestamp: refuse,
  offchainRandomSeed: refuse,
  offchainSubmitTransaction: refuse,
}

port.on('message', (message: ToThread) => {
  if (message.kind === 'answer') {
    waiting.get(message.id)?.(message.value)
    waiting.delete(message.id)
    return
  }
  run_task(message.task, state)
    // SAFETY: the executor's own declaration says any; its Rust source serializes this shape.
    .then((response) => say({ kind: 'done', response: response as TaskResponse }))
    .catch((error: unknown) => say({ kind: 'done', response: { Error: errorMessage(error) } }))
})
