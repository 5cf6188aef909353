import type { ChainHead } from '../../harness/chain/block.ts'
import { currentTimeMs } from '../../harness/chain/consensus/nextSlot.ts'
import { hasEntryPoint, queryRuntime } from '../../harness/chain/runtimeQuery.ts'
import { decodeUint } from '../../harness/codec/scale.ts'
import type { RunContext } from '../check/runContext.ts'
import type { SequenceBlock } from '../rehearsal/blockSequence.ts'
import { buildAtHeight, buildAtTime } from './jump.ts'
import type { SweptBlock } from './sweptBlock.ts'
import type { Walk } from './walk.ts'

const LEAST_SESSIONS = 2
/** Of an era on relay chains. */
const USUAL_SESSIONS = 6
/** Lengths of sessions that count blocks; metadata does not tell them. */
const USUAL_BLOCKS = [10, 50, 100, 300, 600, 1_200, 1_800, 2_400, 3_600, 7_200, 14_400, 100_800]

/** The ends of sessions, and of an era where there is staking, that a chain was taken across. */
export interface Boundaries {
  readonly blocks: readonly SweptBlock[]
  /** What there is to cross: null for a chain without sessions. */
  readonly sessions: number | null
  readonly eras: number | null
}

/** Takes the chain from the end of the walk across at least two sessions, and an era where there is staking. */
export async function crossBoundaries(context: RunContext, walk: Walk): Promise<Boundaries> {
  const last = walk.blocks.findLast(({ candidate }) => candidate.result.kind === 'built')?.candidate
  if (last === undefined) return { blocks: [], sessions: null, eras: null }
  const ours = await Crossing.start(context, last)
  if (ours === null) return { blocks: [], sessions: null, eras: null }
  const control = walk.control.findLast(({ result }) => result.kind === 'built')
  const theirs = control === undefined ? null : await Crossing.start(context, control)
  const blocks: SweptBlock[] = []
  while (!ours.isDone) {
    context.signal.throwIfAborted()
    context.progress('the end of a session, by a jump')
    const crossed = await ours.next()
    if (crossed === null) break
    const other = (await theirs?.next()) ?? null
    blocks.push({
      number: crossed.block.number,
      units: crossed.units,
      reached: 'jump',
      candidate: crossed.block,
      control: other?.block ?? null,
    })
  }
  return { blocks, sessions: ours.sessions, eras: ours.eras }
}

interface Crossed {
  readonly block: SequenceBlock
  readonly units: readonly string[]
}

/** One chain on its way from session to session. */
class Crossing {
  readonly #context: RunContext
  readonly #epochMs: bigint | null
  readonly #slotDurationMs: bigint
  readonly #runtime: SequenceBlock['runtime']
  #head: ChainHead
  #blocksEach: readonly number[] = USUAL_BLOCKS
  #hasStopped = false
  sessions = 0
  /** Null for a chain without staking. */
  eras: number | null

  private constructor(context: RunContext, from: SequenceBlock, parts: CrossingParts) {
    this.#context = context
    this.#runtime = from.runtime
    this.#head = parts.head
    this.#epochMs = parts.epochMs
    this.#slotDurationMs = parts.slotDurationMs
    this.eras = eraOf(this.#runtime, parts.head) === null ? null : 0
  }

  /** Null for a chain without sessions, or a block that could not be built. */
  static async start(context: RunContext, from: SequenceBlock): Promise<Crossing | null> {
    const { runtime, result } = from
    if (result.kind !== 'built' || sessionOf(runtime, result.head) === null) return null
    const { slotDurationMs } = result.claim
    const epochMs = await babeEpochMs(from)
    return new Crossing(context, from, { head: result.head, epochMs, slotDurationMs })
  }

  get isDone(): boolean {
    // An era may begin anywhere, and end a session late; one that does not end then was told not to (`ForceNone`).
    if (this.#hasStopped || this.sessions > 2 * this.#sessionsPerEra) return true
    return this.sessions >= LEAST_SESSIONS && (this.eras === null || this.eras > 0)
  }

  get #sessionsPerEra(): number {
    const value = this.#runtime.codec.constant('Staking', 'SessionsPerEra')
    return typeof value === 'number' ? value : USUAL_SESSIONS
  }

  /** The block that ends a session, built or failed; null when none was found. */
  async next(): Promise<Crossed | null> {
    if (this.#hasStopped) return null
    const block = this.#epochMs === null ? await this.#byHeight() : await this.#byTime(this.#epochMs)
    if (block === null || block.result.kind !== 'built') {
      this.#hasStopped = true
      return block === null ? null : { block, units: ['session'] }
    }
    const { head } = block.result
    const endsEra = eraOf(this.#runtime, head) !== eraOf(this.#runtime, this.#head)
    this.#head = head
    this.sessions++
    if (endsEra) this.eras = (this.eras ?? 0) + 1
    return { block, units: endsEra ? ['session', 'era'] : ['session'] }
  }

  async #byTime(epochMs: bigint): Promise<SequenceBlock | null> {
    const timestampMs = currentTimeMs(this.#head.state) + epochMs
    const block = await buildAtTime(this.#context.fork, this.#head, timestampMs)
    return block.result.kind === 'failed' || this.#isEnd(block.result.head) ? block : null
  }

  /** Sessions that count blocks end at multiples of a length; the first of the usual ones that does so is kept to. */
  async #byHeight(): Promise<SequenceBlock | null> {
    for (const length of this.#blocksEach) {
      this.#context.signal.throwIfAborted()
      const number = (Math.floor(this.#head.number / length) + 1) * length
      const slotDurationMs = this.#slotDurationMs
      const block = await buildAtHeight({
        fork: this.#context.fork,
        head: this.#head,
        number,
        slotDurationMs,
      })
      if (block.result.kind === 'built' && !this.#isEnd(block.result.head)) continue
      this.#blocksEach = [length]
      return block
    }
    return null
  }

  #isEnd(head: ChainHead): boolean {
    return sessionOf(this.#runtime, head) !== sessionOf(this.#runtime, this.#head)
  }
}

interface CrossingParts {
  readonly head: ChainHead
  readonly epochMs: bigint | null
  readonly slotDurationMs: bigint
}

/** Length of an epoch; null for a chain without BABE. */
async function babeEpochMs({ runtime, result }: SequenceBlock): Promise<bigint | null> {
  const entryPoint = 'BabeApi_configuration'
  if (result.kind !== 'built' || !hasEntryPoint(runtime.blob, entryPoint)) return null
  const answer = await queryRuntime(runtime, result.head.state, {
    entryPoint,
    // `slot_duration: u64, epoch_length: u64, …`
    decode: (output) => decodeUint(output.subarray(0, 8)) * decodeUint(output.subarray(8, 16)),
  })
  return answer.kind === 'ok' ? answer.value : null
}

/** `Session.CurrentIndex`; null for a chain without sessions. */
function sessionOf({ codec }: SequenceBlock['runtime'], head: ChainHead): bigint | null {
  if (codec.item('Session', 'CurrentIndex') === null) return null
  const value = head.state.get(codec.storageKey('Session', 'CurrentIndex'))
  return value === null ? 0n : decodeUint(value)
}

/** Index of `Staking.ActiveEra`; null for a chain that has none, or not yet. */
function eraOf({ codec }: SequenceBlock['runtime'], head: ChainHead): bigint | null {
  if (codec.item('Staking', 'ActiveEra') === null) return null
  const value = head.state.get(codec.storageKey('Staking', 'ActiveEra'))
  return value === null ? null : decodeUint(value.subarray(0, 4))
}
