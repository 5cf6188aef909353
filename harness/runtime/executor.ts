/**
 * The one port to whatever runs a runtime. An executor is pure: the same request gives the same outcome, and what a call
 * did to the state comes back as data instead of being done.
 */

import type { ChainState } from '../state/chainState.ts'
import type { Changes, StorageKey } from '../state/stateView.ts'
import type { StateTrie } from '../state/trie/stateTrie.ts'
import type { RuntimeBlob } from './blob/index.ts'

/** What signature checks answer: `verify` really checks, `accept` says yes to all (for fuzzing and fair timing). */
export type SignatureMode = 'verify' | 'accept'

export interface CallOptions {
  /** Wall-clock limit of the call; only executors that run in a worker can hold it. Default: none. */
  readonly deadlineMs?: number
  /** Extra wasm pages (64 KiB) above the module's own minimum. Default: `:heappages` of the state, else 2048. */
  readonly heapPages?: number
  readonly signatures?: SignatureMode
  /**
   * What `storage_proof_size` answers. Default u64::MAX: no proof is recorded, as on a solo chain's node, and nothing is
   * reclaimed.
   */
  readonly storageProofSize?: bigint
  /** What `storage_root` answers instead of the real root, 32 bytes: shows what depends on the root. */
  readonly assumedStateRoot?: Uint8Array
  /** Run in an instance that no call has used before. */
  readonly freshInstance?: boolean
  /**
   * Byte that the heap is filled with before the call, in an instance of its own: a sound runtime reads no memory that it
   * has not written, so nothing may depend on it.
   */
  readonly heapFill?: number
  /** Most verbose level that the runtime may log: 0 off, 1 error, … 5 trace. Default 3 (info). */
  readonly maxLogLevel?: number
  /**
   * Prefixes of keys whose writes are recorded as marks, with the counters at each; log lines then carry the counters too. For
   * telling what part of a long call did what. Default: none, which costs nothing.
   */
  readonly markWrites?: readonly StorageKey[]
  /**
   * Count the instructions that the runtime executes, as `CallCost.instructions`. The call runs a copy of the runtime that is
   * rewritten for it, which takes 1.3 to 1.5 times as long and whose stacks have other offsets: ask for the count alone, in a
   * call beside the one that matters.
   */
  readonly countInstructions?: boolean
}

/** Options that an executor may not have (`Executor.supports`); one that does not support an option runs the call without it. */
export type OptionalFeature = 'assumedStateRoot' | 'heapFill' | 'markWrites' | 'countInstructions'

/** What executors on V8 support: everything. */
export const ALL_FEATURES: ReadonlySet<OptionalFeature> = new Set([
  'assumedStateRoot',
  'heapFill',
  'markWrites',
  'countInstructions',
])

export interface CallRequest {
  readonly blob: RuntimeBlob
  /** Name of an export, such as `Core_version`. */
  readonly entryPoint: string
  readonly input: Uint8Array
  readonly state: ChainState
  readonly options?: CallOptions
}

export interface RuntimeLog {
  /** 1 error, 2 warn, 3 info, 4 debug, 5 trace. */
  readonly level: number
  readonly target: string
  readonly message: string
  /** With `CallOptions.markWrites`: how far the call had got. */
  readonly at?: CallPoint
}

/** How far a call has got; all but `wallMs` are exact and repeatable. */
export interface CallPoint {
  readonly reads: number
  readonly writes: number
  readonly nextKeys: number
  /** Keys that the call has changed so far: so many of its changes, in their order, were first made before. */
  readonly keys: number
  readonly wallMs: number
}

/** A write that `CallOptions.markWrites` asked for; one in a storage transaction that is rolled back later stays. */
export interface WriteMark {
  readonly key: StorageKey
  /** Null for a deletion. */
  readonly value: Uint8Array | null
  /** Before the write. */
  readonly at: CallPoint
}

/** Counters are exact and repeatable; `wallMs` is of this machine. */
export interface CallCost {
  readonly wallMs: number
  readonly reads: number
  readonly readBytes: number
  readonly writes: number
  readonly writtenBytes: number
  readonly nextKeys: number
  /** Highest address that the allocator gave out, above the heap base. */
  readonly heapPeakBytes: number
  readonly allocations: number
  /** With `CallOptions.countInstructions`: wasm instructions executed, host functions not included. */
  readonly instructions?: number
}

/** Of a call that never began, or whose counters are lost. */
export const NO_COST: CallCost = {
  wallMs: 0,
  reads: 0,
  readBytes: 0,
  writes: 0,
  writtenBytes: 0,
  nextKeys: 0,
  heapPeakBytes: 0,
  allocations: 0,
}

export interface StackFrame {
  /** Index in the module's function index space. */
  readonly functionIndex: number
  /** Demangled Rust symbol without its hash, or null without a name section. */
  readonly symbol: string | null
  /** Byte offset in the module. */
  readonly offset: number
}

export interface PanicLocation {
  /** As the compiler wrote it, such as `pallets/subtensor/src/epoch.rs`. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What the runtime asked of the outside world and did not get. */
export interface DeniedHostCall {
  readonly name: string
}

interface OutcomeBase {
  readonly entryPoint: string
  readonly logs: readonly RuntimeLog[]
  readonly cost: CallCost
  readonly denied: readonly DeniedHostCall[]
  /** With `CallOptions.markWrites`. */
  readonly marks?: readonly WriteMark[]
}

export interface OkOutcome extends OutcomeBase {
  readonly kind: 'ok'
  readonly output: Uint8Array
  readonly changes: Changes
  /** The trie of the state after `changes`, when the call computed it last of all: pass it to `ChainState.with`. */
  readonly trie?: StateTrie
}

/** The runtime trapped. The changes are dropped, as a node drops them. */
export interface PanicOutcome extends OutcomeBase {
  readonly kind: 'panic'
  /** The Rust message without its location, or the trap's text when the runtime said nothing. */
  readonly message: string
  readonly location: PanicLocation | null
  /** Innermost first, without the panic machinery. */
  readonly stack: readonly StackFrame[]
}

/** A limit of the node, or of ours, ended the call. */
export interface LimitOutcome extends OutcomeBase {
  readonly kind: 'limit'
  readonly limit: 'time' | 'memory' | 'stack'
  readonly message: string
  readonly stack: readonly StackFrame[]
}

/** The runtime called an import that no host function answers. */
export interface MissingHostFunctionOutcome extends OutcomeBase {
  readonly kind: 'missingHostFunction'
  readonly name: string
  readonly stack: readonly StackFrame[]
}

/** The module could not be made to run at all, or has no such entry point. */
export interface InvalidOutcome extends OutcomeBase {
  readonly kind: 'invalid'
  readonly message: string
}

export type Outcome = OkOutcome | PanicOutcome | LimitOutcome | MissingHostFunctionOutcome | InvalidOutcome

export interface Executor {
  /** For reports: `v8`, `chopsticks`. */
  readonly name: string
  /** Which of the optional features it has. */
  readonly supports: ReadonlySet<OptionalFeature>
  /** Never throws for what a runtime does; throws only for misuse or our own bug. */
  call(request: CallRequest): Promise<Outcome>
  /** Ends workers and frees memory. Calls made later throw. */
  close(): Promise<void>
}
