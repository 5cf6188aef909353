import { concatBytes } from '../../../harness/base/bytes.ts'
import { encodeBlock } from '../../../harness/chain/block.ts'
import { type BuiltBlock, buildBlock } from '../../../harness/chain/build/blockBuilder.ts'
import { outcomeText } from '../../../harness/chain/outcomeText.ts'
import { hasEntryPoint } from '../../../harness/chain/runtimeQuery.ts'
import type { Difference } from '../difference.ts'
import type { Twin, TwinSide } from '../twin/twin.ts'

const ENTRY_POINT = 'BlockBuilder_check_inherents'
const NAME = 'BlockBuilder.check_inherents'
/** A day: further than any chain lets a block's time run ahead of the node's. */
const DRIFT_MS = 24n * 3_600_000n

type Verdict = { readonly kind: 'okay' | 'refused' } | { readonly kind: 'trapped'; readonly error: string }

/**
 * Whether a node that imports a block gets the same answer about its inherents: for the inherents that the runtime made itself,
 * and for a time that is a day ahead of the node's clock.
 */
export async function inherentDifferences({ control, candidate }: Twin): Promise<readonly Difference[]> {
  if (![control, candidate].every(({ runtime }) => hasEntryPoint(runtime.blob, ENTRY_POINT))) return []
  const [before, after] = [await verdictsOf(control), await verdictsOf(candidate)]
  if (before === null || after === null) return []
  const own = verdictDifference('its own inherents', before.own, after.own)
  return own.length > 0 ? own : verdictDifference('a time that is a day ahead', before.ahead, after.ahead)
}

async function verdictsOf(
  side: TwinSide,
): Promise<{ readonly own: Verdict; readonly ahead: Verdict } | null> {
  const own = await buildBlock(side.runtime, side.head)
  if (own.kind === 'failed') return null
  const timestampMs = own.claim.timestampMs + DRIFT_MS
  const ahead = await buildBlock(side.runtime, side.head, { timestampMs })
  if (ahead.kind === 'failed') return null
  const data = inherentDataOf(own)
  if (data === null) return null
  return { own: await ask(side, own, data), ahead: await ask(side, ahead, data) }
}

function inherentDataOf({ phases }: BuiltBlock): Uint8Array | null {
  return phases.find(({ name }) => name.kind === 'inherents')?.input ?? null
}

/** `CheckInherentsResult` begins with whether all is well. */
async function ask({ runtime, head }: TwinSide, { block }: BuiltBlock, data: Uint8Array): Promise<Verdict> {
  const { executor, blob, callOptions: options } = runtime
  const input = concatBytes(encodeBlock(block), data)
  const outcome = await executor.call({ blob, entryPoint: ENTRY_POINT, input, state: head.state, options })
  if (outcome.kind !== 'ok') return { kind: 'trapped', error: outcomeText(outcome) }
  return { kind: outcome.output[0] === 1 ? 'okay' : 'refused' }
}

function verdictDifference(what: string, before: Verdict, after: Verdict): Difference[] {
  if (before.kind === after.kind || before.kind === 'trapped') return []
  const kind = after.kind === 'trapped' ? 'trapped' : after.kind === 'okay' ? 'allowed' : 'lost'
  const does =
    after.kind === 'trapped' ? `traps: ${after.error}` : after.kind === 'okay' ? 'accepts it' : 'refuses it'
  return [
    {
      kind,
      area: 'apis',
      subject: NAME,
      title: `asked about a block with ${what}, the runtime ${does}; the runtime on chain ${before.kind === 'okay' ? 'accepts' : 'refuses'} it`,
      facts: { before: before.kind, after: after.kind },
      evidence: [],
    },
  ]
}
