/** Entry of the thread that a `LiveNode` of tests runs in: whoever waits for a fetch blocks its own thread. */
import { parentPort, workerData } from 'node:worker_threads'
import type { LiveNodeSetup } from './liveNode.testkit.ts'
import { LiveNodeServer } from './liveNodeServer.testkit.ts'
import { VICES } from './liveNodeVices.testkit.ts'

// SAFETY: `LiveNode.start` starts this module with a `LiveNodeSetup`.
const { requests, mixesVersions, vice, stateVersion, delayMs, ...rest } = workerData as LiveNodeSetup
const counter = new Int32Array(requests)
const versionOf = (key: string) =>
  mixesVersions ? (key.charCodeAt(key.length - 1) % 2 === 0 ? 0 : 1) : stateVersion
const server = await LiveNodeServer.start({
  ...rest,
  versionOf,
  delayMs,
  onRequest: () => Atomics.add(counter, 0, 1),
  ...(vice === null ? {} : VICES[vice]),
})
parentPort?.postMessage({ url: server.url, stateRoot: server.stateRoot })
