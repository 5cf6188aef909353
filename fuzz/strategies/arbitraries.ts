import fc from 'fast-check'
import { DrydockError } from '../../harness/base/errors.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import { anyCall, fuzzedCalls } from './anyCall.ts'
import { chance, pick, type Rng } from './rng.ts'
import { shrinkSteps } from './shrinkSteps.ts'
import { shrinkValue } from './shrinkValue.ts'
import type { CallStep, Step } from './step.ts'
import type { ValuePools } from './valuePools.ts'

export interface CallArbitraryOptions {
  readonly codec: ChainCodec
  /** From `collectPools`. */
  readonly pools: ValuePools
  /** Default: all pallets. */
  readonly pallet?: string
  /** Default: all calls. */
  readonly call?: string
}

/** An arbitrary from two functions; values carry no context, so that each can be shrunk, wherever it came from. */
class Made<T> extends fc.Arbitrary<T> {
  readonly #make: (rng: Rng) => T
  readonly #shrink: (value: T) => Iterable<T>

  constructor(make: (rng: Rng) => T, shrink: (value: T) => Iterable<T>) {
    super()
    this.#make = make
    this.#shrink = shrink
  }

  generate(mrng: fc.Random): fc.Value<T> {
    return new fc.Value(this.#make({ int: (below) => mrng.nextInt(0, below - 1) }), undefined)
  }

  // Any value that somebody gives could be one of ours.
  canShrinkWithoutContext(_value: unknown): _value is T {
    return true
  }

  shrink(value: T): fc.Stream<fc.Value<T>> {
    const shrink = this.#shrink
    return new fc.Stream(
      (function* () {
        for (const small of shrink(value)) yield new fc.Value(small, undefined)
      })(),
    )
  }
}

/**
 * Calls of a runtime with arguments from its metadata, with any origin: at boundaries and on what is on chain more often than
 * elsewhere. They shrink towards small integers, short lists and short bytes. Throws `RangeError` when no call fits.
 */
export function callArbitrary({ codec, pools, pallet, call }: CallArbitraryOptions): fc.Arbitrary<CallStep> {
  const calls = fuzzedCalls(codec.metadata.types).filter(
    (one) => (pallet ?? one.pallet) === one.pallet && (call ?? one.call) === one.call,
  )
  if (calls.length === 0) throw new RangeError(`the runtime has no call ${pallet ?? '*'}.${call ?? '*'}`)
  const { types } = codec.metadata
  return new Made<CallStep>(
    (rng) => anyCall({ types, pools, rng }, pick(rng, calls)),
    function* (step) {
      for (const args of shrinkValue(step.args)) {
        const simpler = { ...step, args }
        if (isEncodable(codec, simpler)) yield simpler
      }
    },
  )
}

export interface SequenceArbitraryOptions extends CallArbitraryOptions {
  /** Default 16. */
  readonly maxLength?: number
}

/** Sequences of calls with blocks between them; they shrink by leaving steps out first. */
export function sequenceArbitrary(options: SequenceArbitraryOptions): fc.Arbitrary<readonly Step[]> {
  const { codec, pools, maxLength = 16 } = options
  const calls = fuzzedCalls(codec.metadata.types)
  const { types } = codec.metadata
  return new Made<readonly Step[]>(
    (rng) =>
      Array.from({ length: 1 + rng.int(maxLength) }, (): Step => {
        if (chance(rng, 15)) return { kind: 'blocks', count: pick(rng, [1, 1, 2, 10, 100]) }
        return anyCall({ types, pools, rng }, pick(rng, calls))
      }),
    shrinkSteps,
  )
}

/** Fixed arrays and tuples cannot get shorter, and shrinking does not know of types. */
function isEncodable(codec: ChainCodec, { pallet, call, args }: CallStep): boolean {
  try {
    codec.encodeCall(pallet, call, args ?? {})
    return true
  } catch (error) {
    if (error instanceof DrydockError) return false
    throw error
  }
}
