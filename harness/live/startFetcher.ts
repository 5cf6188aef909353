import type { Logger } from '../base/ports.ts'
import { startThread } from '../runtime/worker/startThread.ts'
import { closeMailbox, createMailbox } from '../state/store/nodes/mailbox.ts'
import type { LiveNodes } from '../state/store/nodes/sharedNodeStore.ts'
import type { FetcherSetup } from './fetcherSetup.ts'

export interface Fetcher {
  /** For stores of the block's state. */
  readonly live: LiveNodes
  /** Ends the thread; whoever waits for it gets an error. */
  close(): Promise<void>
}

/** Starts a thread that fetches nodes of one block for all other threads; ready when it resolves. */
export async function startFetcher(options: Omit<FetcherSetup, 'mailbox'>, logger: Logger): Promise<Fetcher> {
  const mailbox = createMailbox()
  const workerData: FetcherSetup = { ...options, mailbox }
  const thread = startThread(import.meta.url, 'fetcherThread', { workerData })
  // Whoever blocks this thread to wait for the fetcher must not do so before the fetcher has been loaded.
  await new Promise<void>((resolve, reject) => {
    thread.once('message', () => resolve())
    thread.once('error', reject)
  })
  thread.on('message', ({ level, message }) => logger.log(level, message))
  thread.on('error', () => closeMailbox(mailbox))
  thread.unref()
  return {
    live: { mailbox, block: options.block },
    async close() {
      closeMailbox(mailbox)
      await thread.terminate()
    },
  }
}
