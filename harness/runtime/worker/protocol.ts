import type { StateVersion } from '../../state/chainState.ts'
import type { SharedStore } from '../../state/store/store.ts'
import type { CallOptions, Outcome } from '../executor.ts'

/** Names of things in a worker; the main thread hands them out. */
export type BlobId = number
export type StateId = number
export type CallId = number

/** How the worker gets a state that it does not have yet. */
export type StateRecipe =
  | { readonly kind: 'base'; readonly shared: SharedStore; readonly stateVersion: StateVersion | null }
  /** `parent` and the changes that an earlier call in this worker made. */
  | {
      readonly kind: 'afterCall'
      readonly parent: StateId
      readonly call: CallId
      readonly writtenUnder: StateVersion | null
    }
  /** `parent` and changes, packed. */
  | {
      readonly kind: 'afterChanges'
      readonly parent: StateId
      readonly packed: Uint8Array<ArrayBuffer>
      readonly sealed: boolean
      readonly writtenUnder: StateVersion | null
    }
  | { readonly kind: 'seal'; readonly of: StateId }

/** To the worker. Messages are handled in order. */
export type WorkerRequest =
  | { readonly kind: 'blob'; readonly id: BlobId; readonly submitted: Uint8Array }
  | { readonly kind: 'state'; readonly id: StateId; readonly recipe: StateRecipe }
  | { readonly kind: 'forget'; readonly states: readonly StateId[]; readonly blobs: readonly BlobId[] }
  | {
      readonly kind: 'call'
      readonly id: CallId
      readonly blob: BlobId
      readonly state: StateId
      readonly entryPoint: string
      readonly input: Uint8Array
      readonly options: CallOptions
    }

/** An outcome as it travels: changes packed, the trie left behind. */
export type PackedOutcome =
  | Exclude<Outcome, { kind: 'ok' }>
  | (Omit<Extract<Outcome, { kind: 'ok' }>, 'changes' | 'trie'> & {
      readonly packedChanges: Uint8Array<ArrayBuffer>
    })

/** From the worker: `ready` once, then one answer for each call. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'outcome'; readonly id: CallId; readonly outcome: PackedOutcome }
  | {
      readonly kind: 'error'
      readonly id: CallId
      readonly message: string
      readonly stack: string
      /** Of a broken environment, which is no bug: passed on as it is. */
      readonly environment: EnvironmentFault | null
    }

/** What a `DrydockError` of kind `environment` says. */
export interface EnvironmentFault {
  readonly code: string
  readonly hints: readonly string[]
  readonly details: Readonly<Record<string, string | number | boolean>>
}

/** What a worker is started with. */
export interface WorkerSetup {
  /** Memory of the `WaitClock` of the thread. */
  readonly waits: SharedArrayBuffer
}

/** How many calls' changes a worker keeps, for `afterCall`. */
export const KEPT_CALLS = 64
