import type { ChainState } from '../../state/chainState.ts'
import { packChanges } from '../../state/packedChanges.ts'
import type { Changes } from '../../state/stateView.ts'
import type { RuntimeBlob } from '../blob/index.ts'
import {
  type BlobId,
  type CallId,
  KEPT_CALLS,
  type StateId,
  type StateRecipe,
  type WorkerRequest,
} from './protocol.ts'

const MAX_STATES = 256
const MAX_BLOBS = 16

/** What one worker holds, and the messages that bring it what it lacks. A new worker starts with a new one. */
export class Residency {
  readonly #send: (request: WorkerRequest) => void
  readonly #blobIds = new WeakMap<RuntimeBlob, BlobId>()
  /** Least recently used first. */
  readonly #residentBlobs = new Set<BlobId>()
  readonly #stateIds = new WeakMap<ChainState, StateId>()
  readonly #resident = new Set<StateId>()
  readonly #callOf = new WeakMap<Changes, CallId>()
  #nextId = 1
  #lastCall = 0

  constructor(send: (request: WorkerRequest) => void) {
    this.#send = send
  }

  blob(blob: RuntimeBlob): BlobId {
    const known = this.#blobIds.get(blob)
    const id = known ?? this.#nextId++
    const isResident = this.#residentBlobs.delete(id)
    this.#residentBlobs.add(id)
    if (isResident) return id
    this.#blobIds.set(blob, id)
    this.#send({ kind: 'blob', id, submitted: blob.submitted })
    const blobs = [...this.#residentBlobs].slice(0, -MAX_BLOBS)
    for (const old of blobs) this.#residentBlobs.delete(old)
    if (blobs.length > 0) this.#send({ kind: 'forget', states: [], blobs })
    return id
  }

  state(state: ChainState): StateId {
    const missing: ChainState[] = []
    for (let at: ChainState | null = state; at !== null && this.#residentId(at) === null; at = at.parent) {
      missing.push(at)
      if (this.#originOf(at) !== null) break
    }
    for (const one of missing.reverse()) this.#sendState(one)
    return this.#idOf(state)
  }

  /** What it is made from is resident. */
  #sendState(state: ChainState): StateId {
    const recipe = this.#recipe(state)
    const id = this.#stateIds.get(state) ?? this.#nextId++
    this.#stateIds.set(state, id)
    this.#resident.add(id)
    this.#send({ kind: 'state', id, recipe })
    this.#forgetOldest()
    return id
  }

  /** A number for the next call, whose changes the worker keeps for a while. */
  nextCall(): CallId {
    return ++this.#lastCall
  }

  remember(call: CallId, changes: Changes): void {
    this.#callOf.set(changes, call)
  }

  #recipe(state: ChainState): StateRecipe {
    if (state.parent === null) {
      return { kind: 'base', shared: state.store.share(), stateVersion: state.stateVersion }
    }
    const origin = this.#originOf(state)
    if (origin !== null) {
      return { kind: 'seal', of: this.#residentId(origin) ?? this.#sendState(origin) }
    }
    const parent = this.#idOf(state.parent)
    const call = this.#callOf.get(state.changes)
    const sealed = state.backend === state
    const { writtenUnder } = state
    if (call !== undefined && !sealed && this.#lastCall - call < KEPT_CALLS) {
      return { kind: 'afterCall', parent, call, writtenUnder }
    }
    return { kind: 'afterChanges', parent, packed: packChanges(state.changes), sealed, writtenUnder }
  }

  /** What was sealed into `state`, when the worker has that, or all but its last call's changes. */
  #originOf(state: ChainState): ChainState | null {
    const origin = state.sealedFrom
    if (origin === null) return null
    if (this.#residentId(origin) !== null) return origin
    if (origin.parent === null || !this.#callOf.has(origin.changes)) return null
    return this.#residentId(origin.parent) === null ? null : origin
  }

  #residentId(state: ChainState): StateId | null {
    const id = this.#stateIds.get(state)
    return id !== undefined && this.#resident.has(id) ? id : null
  }

  #idOf(state: ChainState): StateId {
    const id = this.#residentId(state)
    if (id === null) throw new Error('a state was to be in the worker and is not')
    return id
  }

  #forgetOldest(): void {
    if (this.#resident.size <= MAX_STATES) return
    const states = [...this.#resident].slice(0, MAX_STATES / 2)
    for (const id of states) this.#resident.delete(id)
    this.#send({ kind: 'forget', states, blobs: [] })
  }
}
