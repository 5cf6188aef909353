/** The fetcher thread's entry: answers the mailbox. It runs no runtime, so it is never busy when a worker waits for it. */
import { parentPort, workerData } from 'node:worker_threads'
import { DrydockError, errorMessage } from '../base/errors.ts'
import { type FetchFailure, MailboxServer } from '../state/store/nodes/mailbox.ts'
import { NodeCache } from '../state/store/nodes/nodeCache.ts'
import { Endpoints } from './endpoints.ts'
import type { FetcherSetup } from './fetcherSetup.ts'
import { NodeFetcher } from './nodeFetcher.ts'

const port = parentPort
if (port === null) throw new Error('fetcherThread runs as a worker thread only')
// SAFETY: `startFetcher` starts this module with a `FetcherSetup`.
const { mailbox, cachePath, block, ...setup } = workerData as FetcherSetup
const { signal } = new AbortController()
const logger = { log: (level: string, message: string) => port.postMessage({ level, message }) }
const endpoints = new Endpoints({ ...setup, signal, logger })
const fetcher = new NodeFetcher(endpoints, NodeCache.open(cachePath))
/** Keeps the thread alive: a wait for the mailbox alone does not. */
setInterval(() => undefined, 2 ** 30)
port.postMessage({ level: 'debug', message: 'ready' })
let isChecked = setup.areChecked

await new MailboxServer(mailbox).serve(async (miss): Promise<FetchFailure | null> => {
  try {
    if (!isChecked) await endpoints.choose(block)
    isChecked = true
    await fetcher.fetch(miss)
    return null
  } catch (error) {
    if (error instanceof DrydockError) return { code: error.code, message: error.message, hints: error.hints }
    return { code: 'LIVE_BROKEN', message: `The fetcher failed: ${errorMessage(error)}`, hints: [] }
  }
})
