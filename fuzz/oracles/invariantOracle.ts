import type { ChainCodec } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { Invariant, Violation } from '../../scenarios/invariants/index.ts'
import { createStateReader } from '../../scenarios/invariants/stateReader.ts'
import type { Oracle, Suspicion } from './oracle.ts'

export interface InvariantOracleOptions {
  readonly invariants: readonly Invariant[]
  /** Where the campaign begins: what is broken there already counts only when it gets worse. */
  readonly codec: ChainCodec
  readonly state: ChainState
  readonly signal: AbortSignal
  /** One block in so many is looked at. Default 60. */
  readonly every?: number
}

/** Invariants of the chain at the end of a block, in a share of all blocks. */
export async function createInvariantOracle(options: InvariantOracleOptions): Promise<Oracle> {
  const { codec, state, signal, every = 60 } = options
  const applying = options.invariants.filter((invariant) => invariant.applies(codec))
  const known = new Map<string, bigint>()
  for (const { invariant, violation } of await look(applying, codec, { state, signal })) {
    known.set(nameOf(invariant, violation), size(violation))
  }
  let blocks = 0
  return {
    id: 'invariant',
    afterClose: async ({ chain, closed }) => {
      if (blocks++ % every !== 0) return null
      const found = await look(applying, chain.runtime.codec, { state: closed.head.state, signal })
      const worse = found.find(({ invariant, violation }) => {
        const before = known.get(nameOf(invariant, violation))
        return before === undefined || size(violation) > before
      })
      return worse === undefined ? null : toSuspicion(worse.invariant, worse.violation)
    },
  }
}

interface Broken {
  readonly invariant: Invariant
  readonly violation: Violation
}

async function look(
  invariants: readonly Invariant[],
  codec: ChainCodec,
  { state, signal }: { state: ChainState; signal: AbortSignal },
): Promise<readonly Broken[]> {
  const found: Broken[] = []
  for (const invariant of invariants) {
    for await (const violation of invariant.check(createStateReader(codec, state, signal))) {
      found.push({ invariant, violation })
    }
  }
  return found
}

function nameOf(invariant: Invariant, { subject, of: whose }: Violation): string {
  return `${invariant.id} ${subject} ${whose ?? ''}`
}

function size({ excess = 0n }: Violation): bigint {
  return excess < 0n ? -excess : excess
}

function toSuspicion(invariant: Invariant, violation: Violation): Suspicion {
  return {
    oracle: 'invariant',
    key: `invariant ${invariant.id} ${violation.subject}`,
    severity: 'error',
    title: `${invariant.title}: ${violation.message}`,
    facts: { invariant: invariant.id, subject: violation.subject },
    evidence: [],
  }
}
