import type { ConsensusInput } from '../../consensus/abi/index.ts'
import { shrinkInput } from '../../consensus/campaign/shrinkInput.ts'
import { ConsensusMachine } from '../../consensus/machine/index.ts'
import { checkModule, meterModule } from '../../consensus/module/index.ts'
import { ENDINGS } from '../../consensus/properties/index.ts'
import type { ProofShape } from '../shapes/index.ts'
import type { BrokenInput, ClaimName } from './proofResult.ts'

const RULES: ReadonlyMap<string, ClaimName> = new Map([
  ['trap', 'no trap'],
  ['time', 'time'],
  ['room', 'memory'],
  ['abi', 'no trap'],
  ['regions', 'stays in its regions'],
])
/** What the ABI leaves open may matter: zeros, and some other bytes. */
const SEEDS: readonly number[] = [0, 1, 0x5eed]
const FUEL_LIMIT = 50_000_000
const MAX_TRIES = 2000

/** Runs inputs in V8 and says whether they break a rule; a broken one comes back with fewer neurons, as far as that goes. */
export class Replayer {
  readonly #machine: ConsensusMachine | null

  constructor(wasm: Uint8Array, maxPages: number) {
    const checked = checkModule(wasm)
    this.#machine =
      checked.kind === 'refused' ? null : new ConsensusMachine(meterModule(checked.module, { maxPages }))
  }

  /** The rule that the input breaks, with the smallest input found that breaks the same; null when it breaks none. */
  replay(input: ConsensusInput, { maxN, cap }: ProofShape): BrokenInput | null {
    const first = this.#broken(input, { maxN, cap })
    if (first === null) return null
    const small = shrinkInput(
      input,
      (candidate) => this.#broken(candidate, { maxN, cap })?.rule === first.rule,
      MAX_TRIES,
    )
    return this.#broken(small, { maxN, cap }) ?? first
  }

  #broken(input: ConsensusInput, shape: { readonly maxN: number; readonly cap: number }): BrokenInput | null {
    const machine = this.#machine
    if (machine === null) return null
    for (const seed of SEEDS) {
      const result = machine.run(input, { shape, seed, fuelLimit: FUEL_LIMIT })
      for (const property of ENDINGS) {
        const violation = property.check({ shape, run: () => result }, { input, result, variation: 0 })
        const rule = RULES.get(property.id)
        if (violation === null || rule === undefined) continue
        const { title } = property
        return {
          rule,
          title,
          message: violation.message,
          n: input.neurons.length,
          input,
          shape,
          foundBy: 'solver',
        }
      }
    }
    return null
  }
}
