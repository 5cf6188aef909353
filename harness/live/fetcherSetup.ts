import type { EndpointsOptions } from './endpoints.ts'

/** What the fetcher thread is started with. */
export interface FetcherSetup extends Omit<EndpointsOptions, 'signal' | 'logger'> {
  readonly mailbox: SharedArrayBuffer
  /** Folder of the node cache. */
  readonly cachePath: string
  /** Hash of the block whose state is fetched. */
  readonly block: string
  /** The endpoints were asked for the block already. */
  readonly areChecked: boolean
}
