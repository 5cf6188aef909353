import { encodeAddress } from '@polkadot/util-crypto'
import { bytesToHex } from '../../harness/base/bytes.ts'
import { blake2_256 } from '../../harness/base/hash.ts'
import { type ChainHead, createHead } from '../../harness/chain/block.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import type { RunContext } from '../check/runContext.ts'
import { buildAtHeight } from '../sweep/index.ts'
import {
  buildEmpty,
  type Caller,
  dispatchCall,
  fundingChanges,
  type Refusal,
  unnamedAccount,
} from './dispatch.ts'
import { authorizedHash, type InstalledCode, installedCode } from './installedCode.ts'
import { missingApprovals } from './multisig.ts'
import { nestedErrors } from './nestedErrors.ts'
import { authorizedAsRoot, scheduledAsRoot } from './rootCall.ts'
import { nextScheduled } from './scheduled.ts'

/** A call that is to bring the candidate onto the chain. */
export interface ProposedCall {
  /** For people, such as `Sudo.sudo(System.set_code)`. */
  readonly name: string
  readonly call: Uint8Array
  readonly origin: Uint8Array | 'root'
}

/** Something that was done on the way. */
export interface ProposalStep {
  readonly block: number
  readonly what: string
  readonly by: string
  readonly result: string
}

export type ProposalEnd =
  | ({ readonly kind: 'installed' } & InstalledCode)
  | { readonly kind: 'otherHash'; readonly hash: string }
  | (Refusal & { readonly what: string })
  | { readonly kind: 'never' }
  /** We have no way to make the call. */
  | { readonly kind: 'cannot'; readonly reason: string }

export interface ProposalOutcome {
  readonly end: ProposalEnd
  readonly steps: readonly ProposalStep[]
  /** What was taken for granted, in words. */
  readonly assumptions: readonly string[]
}

/** Blocks and calls that a proposal may take; waiting for a height further off than `NEAR_BLOCKS` is a jump. */
const MAX_ROUNDS = 64
const NEAR_BLOCKS = 20

/** Makes the call on the chain before the upgrade, and follows it until the code changes or nothing is left to wait for. */
export function runProposal(context: RunContext, proposed: ProposedCall): Promise<ProposalOutcome> {
  return new ProposalRun(context).run(proposed)
}

class ProposalRun {
  readonly #context: RunContext
  readonly #steps: ProposalStep[] = []
  readonly #assumptions: string[] = ['signatures are assumed to be valid']
  #head: ChainHead
  /** The last call that somebody signed. */
  #asked: { readonly call: Uint8Array; readonly by: Uint8Array } | null = null
  #slotDurationMs = 0n
  #hasApplied = false

  constructor(context: RunContext) {
    this.#context = context
    this.#head = context.fork.head
  }

  async run(proposed: ProposedCall): Promise<ProposalOutcome> {
    let end = await this.#start(proposed)
    for (let round = 0; end === null && round < MAX_ROUNDS; round++) {
      this.#context.signal.throwIfAborted()
      end = await this.#follow()
    }
    return { end: end ?? { kind: 'never' }, steps: this.#steps, assumptions: this.#assumptions }
  }

  #start({ name, call, origin }: ProposedCall): Promise<ProposalEnd | null> {
    return origin === 'root' ? this.#asRoot(name, call) : this.#dispatch(name, call, origin)
  }

  /** Null: go on. */
  async #follow(): Promise<ProposalEnd | null> {
    const { current, fork, candidate } = this.#context
    const { codec } = current
    const before = fork.head.state
    const { state } = this.#head
    const installed = installedCode(codec, before, state)
    if (installed !== null) return { kind: 'installed', ...installed }
    const hash = authorizedHash(codec, before, state)
    if (hash !== null && hash !== bytesToHex(blake2_256(candidate.submitted)))
      return { kind: 'otherHash', hash }
    if (hash !== null && !this.#hasApplied) return this.#apply()
    const approval = this.#asked === null ? undefined : missingApprovals(codec, this.#head, this.#asked)[0]
    if (approval !== undefined) {
      return this.#dispatch('Multisig.as_multi', approval.call, approval.signatory)
    }
    const height = nextScheduled(codec, before, this.#head)
    return height === null ? { kind: 'never' } : this.#waitFor(height)
  }

  async #apply(): Promise<ProposalEnd | null> {
    this.#hasApplied = true
    const { codec } = this.#context.current
    const { submitted: code } = this.#context.candidate
    const [pallet, call] = codec.hasCall('System', 'apply_authorized_upgrade')
      ? (['System', 'apply_authorized_upgrade'] as const)
      : (['ParachainSystem', 'enact_authorized_upgrade'] as const)
    if (!codec.hasCall(pallet, call)) return null
    const bytes = codec.encodeCall(pallet, call, { code })
    const name = `${pallet}.${call}`
    const unsigned = await this.#dispatch(name, bytes, 'nobody')
    // Runtimes that want a signature on it refuse it as an unsigned one.
    if (unsigned?.kind !== 'refused' || !/^(Invalid|Unknown)/.test(unsigned.error)) return unsigned
    return this.#dispatch(name, bytes, unnamedAccount())
  }

  async #dispatch(what: string, call: Uint8Array, caller: Caller): Promise<ProposalEnd | null> {
    const { current } = this.#context
    this.#asked = caller === 'nobody' ? null : { call, by: caller }
    let done = await dispatchCall(current, this.#head, { call, caller })
    if (caller !== 'nobody' && /Payment/.test(done.refusal?.error ?? '')) {
      const funds = fundingChanges(current, this.#head, caller)
      if (funds !== null) {
        this.#assume(funds, `${this.#nameOf(caller)} can pay the fee`)
        done = await dispatchCall(current, this.#head, { call, caller })
      }
    }
    const block = this.#head.number + 1
    this.#head = done.head
    const by = caller === 'nobody' ? 'nobody (unsigned)' : this.#nameOf(caller)
    return this.#ended({ block, what, by }, done.refusal)
  }

  async #asRoot(what: string, call: Uint8Array): Promise<ProposalEnd | null> {
    const { codec } = this.#context.current
    const height = this.#head.number + 1
    const changes = scheduledAsRoot(codec, this.#head.state, { call, height })
    if (changes === null) return this.#asForeignRoot(what, call)
    this.#assume(changes, `${what} is on the scheduler's agenda for block ${height}, with the origin Root`)
    return this.#waitFor(height)
  }

  #asForeignRoot(what: string, call: Uint8Array): ProposalEnd | null {
    const changes = authorizedAsRoot(this.#context.current.codec, call)
    if (changes === null) {
      const reason = `the runtime on chain has no scheduler to dispatch ${what} with the origin Root`
      return { kind: 'cannot', reason }
    }
    this.#assume(changes, `${what} was dispatched from outside the chain, with the origin Root`)
    return null
  }

  /** The block of that height, or the next one for a height that has passed; near ones block by block. */
  async #waitFor(height: number): Promise<ProposalEnd | null> {
    const { fork, current } = this.#context
    const distance = height - this.#head.number
    const isJump = distance > NEAR_BLOCKS && this.#slotDurationMs > 0n
    const number = isJump ? height : this.#head.number + 1
    if (isJump)
      this.#assumptions.push(`the chain is assumed idle between block ${this.#head.number} and ${height}`)
    const slotDurationMs = this.#slotDurationMs
    const result = isJump
      ? (await buildAtHeight({ fork, head: this.#head, number, slotDurationMs })).result
      : await buildEmpty(current, this.#head)
    const step = { block: number, what: number < height ? 'waiting' : 'the scheduler', by: 'the chain' }
    if (result.kind === 'failed') return this.#ended(step, { kind: 'refused', error: result.message })
    this.#head = result.head
    this.#slotDurationMs = result.claim.slotDurationMs
    if (number < height) return null
    const [error] = nestedErrors(current.codec, this.#head.state, ({ phase, pallet }) => {
      return phase.kind === 'initialization' && pallet === 'Scheduler'
    })
    const isLarge = /Overweight|Exhausted/.test(error ?? '')
    return this.#ended(step, error === undefined ? null : { kind: isLarge ? 'tooLarge' : 'refused', error })
  }

  #ended(step: Omit<ProposalStep, 'result'>, refusal: Refusal | null): ProposalEnd | null {
    const { current, fork } = this.#context
    const isInstalled = installedCode(current.codec, fork.head.state, this.#head.state) !== null
    const ok = isInstalled ? 'the code is set' : 'ok'
    this.#steps.push({ ...step, result: refusal === null ? ok : refusal.error })
    return refusal === null ? null : { ...refusal, what: step.what }
  }

  #assume(changes: Changes, reason: string): void {
    this.#assumptions.push(reason)
    this.#head = createHead(this.#head.header, this.#head.state.with(changes).seal())
  }

  #nameOf(account: Uint8Array): string {
    return encodeAddress(account, this.#context.current.codec.metadata.types.ss58Format)
  }
}
