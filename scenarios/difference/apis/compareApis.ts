import { outcomeText } from '../../../harness/chain/outcomeText.ts'
import { hasEntryPoint } from '../../../harness/chain/runtimeQuery.ts'
import type { ChainValue } from '../../../harness/codec/index.ts'
import { ShapeError } from '../../../harness/codec/shape/shape.ts'
import type { Difference } from '../difference.ts'
import { shortValue } from '../state/shortValue.ts'
import { valueDifferences } from '../state/valueDifference.ts'
import type { TwinSide } from '../twin/twin.ts'
import type { ApiProbe } from './apiProbe.ts'

export interface CompareApisOptions {
  readonly control: TwinSide
  readonly candidate: TwinSide
  readonly probes: readonly ApiProbe[]
  readonly signal: AbortSignal
}

export interface ComparedApis {
  /** Methods that the runtime on chain answered. */
  readonly methods: number
  readonly questions: number
  readonly differences: readonly Difference[]
}

type Answer =
  | { readonly kind: 'value'; readonly value: ChainValue }
  | { readonly kind: 'trap' | 'bytes'; readonly error: string }

interface Asked {
  readonly probe: ApiProbe
  readonly control: ChainValue
  readonly candidate: Answer
}

const SAMPLES = 3
/** Nodes ask when they start, and count slots and epochs by it from then on. */
const CONSENSUS = /^(AuraApi\.slot_duration|BabeApi\.configuration)$/

/** Asks both runtimes the same. Questions that the runtime on chain does not answer say nothing. */
export async function compareApis(options: CompareApisOptions): Promise<ComparedApis> {
  const byMethod = new Map<string, Asked[]>()
  let questions = 0
  for (const probe of options.probes) {
    options.signal.throwIfAborted()
    if (!hasEntryPoint(options.control.runtime.blob, probe.entryPoint)) continue
    if (!hasEntryPoint(options.candidate.runtime.blob, probe.entryPoint)) continue
    const control = await ask(options.control, probe, 'control')
    if (control.kind !== 'value') continue
    questions++
    const asked = byMethod.get(probe.name) ?? []
    asked.push({ probe, control: control.value, candidate: await ask(options.candidate, probe, 'candidate') })
    byMethod.set(probe.name, asked)
  }
  const differences = [...byMethod].flatMap(([name, asked]) => methodDifferences(name, asked))
  return { methods: byMethod.size, questions, differences }
}

async function ask(
  { runtime, head }: TwinSide,
  probe: ApiProbe,
  side: 'control' | 'candidate',
): Promise<Answer> {
  const { executor, blob, callOptions: options } = runtime
  const { entryPoint } = probe
  const outcome = await executor.call({ blob, entryPoint, input: probe[side], state: head.state, options })
  if (outcome.kind !== 'ok') return { kind: 'trap', error: outcomeText(outcome) }
  try {
    return { kind: 'value', value: probe.decode(side, outcome.output) }
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    return { kind: 'bytes', error: error.describe() }
  }
}

function methodDifferences(name: string, asked: readonly Asked[]): readonly Difference[] {
  const broken = asked.filter(({ candidate }) => candidate.kind !== 'value')
  const [first] = broken
  if (first !== undefined && first.candidate.kind !== 'value') {
    const { error, kind } = first.candidate
    const does = kind === 'trap' ? `traps: ${error}` : `answers bytes that are not of its type: ${error}`
    return [
      {
        kind: 'trapped',
        area: 'apis',
        subject: name,
        title: `the runtime API ${name} ${does}`,
        facts: { questions: asked.length, broken: broken.length, error },
        evidence: broken
          .slice(0, SAMPLES)
          .map(
            ({ probe, control }) =>
              `${name}(${probe.text}): ${shortValue(control)} under the runtime on chain`,
          ),
      },
    ]
  }
  const other = asked.filter(({ probe, control, candidate }) => {
    return (
      probe.comparesValues &&
      candidate.kind === 'value' &&
      valueDifferences(control, candidate.value, 1).length > 0
    )
  })
  if (other.length === 0) return []
  return [
    {
      kind: CONSENSUS.test(name) ? 'outside' : 'changed',
      area: 'apis',
      subject: name,
      title: `the runtime API ${name} answers differently in ${other.length} of ${asked.length} cases`,
      facts: { questions: asked.length, different: other.length },
      evidence: other.slice(0, SAMPLES).map(answerLine),
    },
  ]
}

function answerLine({ probe, control, candidate }: Asked): string {
  const value = candidate.kind === 'value' ? candidate.value : null
  const places = valueDifferences(control, value, 2).map(({ path, before, after }) => {
    return `${path === '' ? '' : `${path}: `}${shortValue(before)} -> ${shortValue(after)}`
  })
  return `${probe.name}(${probe.text}): ${places.join('; ')}`
}
