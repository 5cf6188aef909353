import type { ChainState } from '../../state/chainState.ts'
import type { Changes } from '../../state/stateView.ts'
import { ALL_FEATURES, type CallRequest, type Executor, type Outcome } from '../executor.ts'
import { WorkerExecutor, type WorkerExecutorOptions } from './workerExecutor.ts'

export interface PoolExecutorOptions extends WorkerExecutorOptions {
  /** Worker threads, at least 1; each is started when it is first needed. */
  readonly threads: number
}

interface Member {
  readonly executor: WorkerExecutor
  /** Calls that wait or run. */
  load: number
}

/**
 * Worker executors behind one port, so that calls which do not build on one another run side by side. A call goes to the
 * worker that has its state, since bringing a state to another costs its changes and its trie; it leaves that worker only
 * between blocks, and only when another has less to do.
 */
export class PoolExecutor implements Executor {
  readonly name = 'v8'
  readonly supports = ALL_FEATURES
  readonly #members: readonly Member[]
  /** Who ran a call on the state and so has it. */
  readonly #holders = new WeakMap<ChainState, Set<Member>>()
  /** Who made the changes, and keeps them for a while. */
  readonly #makers = new WeakMap<Changes, Member>()

  constructor({ threads, ...options }: PoolExecutorOptions) {
    const count = Math.max(1, Math.floor(threads))
    this.#members = Array.from({ length: count }, () => ({ executor: new WorkerExecutor(options), load: 0 }))
  }

  async call(request: CallRequest): Promise<Outcome> {
    const member = this.#choose(request)
    this.#note(request.state, member)
    member.load++
    try {
      const outcome = await member.executor.call(request)
      if (outcome.kind === 'ok') this.#makers.set(outcome.changes, member)
      return outcome
    } finally {
      member.load--
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ executor }) => executor.close()))
  }

  #choose({ state, options = {} }: CallRequest): Member {
    const idlest = leastBusy(this.#members)
    const holder = leastBusy(this.#holdersOf(state)) ?? idlest
    if (idlest === undefined || holder === undefined) throw new Error('a pool has at least one worker')
    // Nothing builds on the instance of a proof, and its parent's state is all that it needs.
    const mayMove = state.backend === state || options.freshInstance === true
    return mayMove && idlest.load < holder.load ? idlest : holder
  }

  /** Nobody for a state that is far from what any worker has. */
  #holdersOf(state: ChainState): readonly Member[] {
    const before = state.sealedFrom ?? state.parent
    return this.#knownHolders(state) ?? (before === null ? null : this.#knownHolders(before)) ?? []
  }

  #knownHolders(state: ChainState): readonly Member[] | null {
    const holders = this.#holders.get(state)
    if (holders !== undefined) return [...holders]
    const maker = this.#makers.get(state.changes)
    return maker === undefined ? null : [maker]
  }

  #note(state: ChainState, member: Member): void {
    const known = this.#holders.get(state)
    if (known === undefined) this.#holders.set(state, new Set([member]))
    else known.add(member)
  }
}

/** The first of those with the fewest calls; undefined of none. */
function leastBusy(members: readonly Member[]): Member | undefined {
  return members.toSorted((a, b) => a.load - b.load)[0]
}
