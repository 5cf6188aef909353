import type { StorageKey } from '../../stateView.ts'

/** What another thread needs to open the same store of nodes. */
export interface SharedNodeStore {
  readonly kind: 'nodes'
  readonly id: string
  readonly keyCount: number
  /** Folder of the node cache. */
  readonly cachePath: string
  /** Root of the main trie, 32 bytes. */
  readonly root: Uint8Array
  /** Child tries that the main trie does not name, with their roots. */
  readonly unlistedChildren: ReadonlyMap<StorageKey, Uint8Array>
  /** How missing nodes are fetched; null when they are not. */
  readonly live: LiveNodes | null
}

/** The way to the thread that fetches nodes of one block. */
export interface LiveNodes {
  readonly mailbox: SharedArrayBuffer
  /** The block whose state it is, 0x-hex. */
  readonly block: string
}
