import { ConsensusMachine } from '../machine/index.ts'
import { checkModule, meterModule } from '../module/index.ts'
import type { Violation } from '../properties/index.ts'
import type { Counterexample } from './counterexample.ts'
import type { ConsensusFinding } from './finding.ts'
import { type FuzzConsensusOptions, propertiesFor, roomyPages } from './fuzzConsensus.ts'
import { MEMORY_LIMIT } from './growth.ts'
import { CountingTrial } from './trial.ts'

export type Replayed =
  | { readonly kind: 'fails'; readonly violation: Violation }
  /** The fault does not show any more. */
  | { readonly kind: 'passes' }
  | { readonly kind: 'refused'; readonly message: string }

/** Runs a counterexample again, on the module that it was found in or on another one. */
export function replayCounterexample(wasm: Uint8Array, example: Counterexample): Replayed {
  const checked = checkModule(wasm)
  if (checked.kind === 'refused') {
    return { kind: 'refused', message: checked.problems.map(({ message }) => message).join(' ') }
  }
  const trialWith = (maxPages: number) => {
    const metered = meterModule(checked.module, { maxPages })
    const machine = new ConsensusMachine(metered)
    const { edgeCount } = metered
    return new CountingTrial({ machine, edgeCount, shape: example.shape, fuelLimit: example.limits.fuel })
  }
  const trial = trialWith(example.limits.pages)
  const { input, variation } = example
  const result = trial.run(input)
  if (example.property === MEMORY_LIMIT) {
    const roomy = trialWith(roomyPages(example.limits.pages)).run(input)
    if (result.kind === 'returned' || roomy.kind !== 'returned') return { kind: 'passes' }
    return { kind: 'fails', violation: { message: `The run needs ${roomy.pages} pages.`, site: 'pages' } }
  }
  const { direct, compared } = propertiesFor(example.reference)
  const property = [...direct, ...compared].find(({ id }) => id === example.property)
  if (property === undefined)
    return { kind: 'refused', message: `No property is called ${example.property}.` }
  const violation = property.check(trial, { input, result, variation })
  return violation === null ? { kind: 'passes' } : { kind: 'fails', violation }
}

export function counterexampleOf(
  finding: ConsensusFinding,
  moduleSha256: string,
  { maxPages = 1024, reference = null }: FuzzConsensusOptions = {},
): Counterexample {
  const { property, title, message, variation, shape, fuelLimit, input } = finding
  return {
    format: 'drydock-consensus-counterexample',
    version: 1,
    moduleSha256,
    ...{ property, title, message, variation, shape, reference, input },
    limits: { fuel: fuelLimit, pages: maxPages },
  }
}
