import { DrydockError, errorMessage } from '../../base/errors.ts'
import type { Clock } from '../../base/ports.ts'
import { ChainState } from '../../state/chainState.ts'
import { packChanges, unpackChanges } from '../../state/packedChanges.ts'
import type { Changes } from '../../state/stateView.ts'
import { NodeCaches } from '../../state/store/nodes/nodeCaches.ts'
import { openShared } from '../../state/store/openStore.ts'
import type { WaitClock } from '../../state/store/waitClock.ts'
import type { StateTrie } from '../../state/trie/stateTrie.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../blob/index.ts'
import { V8Executor } from '../v8/v8Executor.ts'
import {
  type BlobId,
  type CallId,
  type EnvironmentFault,
  KEPT_CALLS,
  type PackedOutcome,
  type StateId,
  type StateRecipe,
  type WorkerReply,
  type WorkerRequest,
} from './protocol.ts'

type CallReply = Exclude<WorkerReply, { kind: 'ready' }>

/** The worker's side: a V8 executor and copies of what the main thread refers to by number. */
export class WorkerHost {
  readonly #executor: V8Executor
  readonly #blobs = new Map<BlobId, RuntimeBlob>()
  readonly #states = new Map<StateId, ChainState>()
  /** Oldest first. */
  readonly #calls = new Map<CallId, { readonly changes: Changes; readonly trie: StateTrie | null }>()

  readonly #waits: WaitClock
  readonly #caches = new NodeCaches()

  /** Waits for data from outside are counted in `waits`, and `clock` should leave them out. */
  constructor({ clock, waits }: { clock: Clock; waits: WaitClock }) {
    this.#executor = new V8Executor({ clock })
    this.#waits = waits
  }

  /** Null for requests that have no answer. */
  handle(request: WorkerRequest): CallReply | null {
    switch (request.kind) {
      case 'blob':
        this.#blobs.set(request.id, parseRuntimeBlob(request.submitted))
        return null
      case 'state':
        this.#states.set(request.id, this.#makeState(request.recipe))
        return null
      case 'forget':
        for (const id of request.states) this.#states.delete(id)
        for (const id of request.blobs) this.#blobs.delete(id)
        return null
      case 'call':
        return this.#call(request)
    }
  }

  #call(request: Extract<WorkerRequest, { kind: 'call' }>): CallReply {
    try {
      return { kind: 'outcome', id: request.id, outcome: this.#run(request) }
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? '') : ''
      const environment = environmentFault(error)
      return { kind: 'error', id: request.id, message: errorMessage(error), stack, environment }
    }
  }

  #run(request: Extract<WorkerRequest, { kind: 'call' }>): PackedOutcome {
    const { entryPoint, input, options } = request
    const blob = known(this.#blobs, request.blob)
    const state = known(this.#states, request.state)
    const outcome = this.#executor.callSync({ blob, entryPoint, input, state, options })
    if (outcome.kind !== 'ok') return outcome
    const { changes, trie, ...rest } = outcome
    this.#calls.set(request.id, { changes, trie: trie ?? null })
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= KEPT_CALLS) break
      this.#calls.delete(oldest)
    }
    return { ...rest, packedChanges: packChanges(changes) }
  }

  #makeState(recipe: StateRecipe): ChainState {
    switch (recipe.kind) {
      case 'base':
        return ChainState.fromStore(
          openShared(recipe.shared, { waits: this.#waits, caches: this.#caches }),
          recipe.stateVersion,
        )
      case 'afterCall': {
        const call = known(this.#calls, recipe.call)
        return known(this.#states, recipe.parent).with(call.changes, call.trie, recipe.writtenUnder)
      }
      case 'afterChanges': {
        const changes = unpackChanges(recipe.packed)
        const state = known(this.#states, recipe.parent).with(changes, null, recipe.writtenUnder)
        return recipe.sealed ? state.seal() : state
      }
      case 'seal':
        return known(this.#states, recipe.of).seal()
    }
  }
}

function environmentFault(error: unknown): EnvironmentFault | null {
  if (!(error instanceof DrydockError) || error.kind !== 'environment') return null
  const { code, hints, details } = error
  return { code, hints, details }
}

function known<K, V>(map: ReadonlyMap<K, V>, id: K): V {
  const value = map.get(id)
  if (value === undefined) throw new Error(`the worker was asked for ${id}, which it does not have`)
  return value
}
