import { decodeAddress } from '@polkadot/util-crypto'
import { fundingChanges } from '../../governance/dispatch.ts'
import type { Difference } from '../difference.ts'
import { StateRun } from '../state/stateRun.ts'
import type { Twin, TwinBlock, TwinSide } from '../twin/twin.ts'
import type { CallCase } from './callCase.ts'
import { type KnownCall, signedCases } from './findCalls.ts'
import { TrafficSide } from './trafficSide.ts'

export interface UserBlocksOptions {
  /** Where migrations are done; moved on. */
  readonly twin: Twin
  readonly calls: readonly KnownCall[]
  readonly signal: AbortSignal
}

export interface UserBlocks {
  readonly blocks: number
  readonly extrinsics: number
  readonly differences: readonly Difference[]
}

/** Blocks without users after those with some: what is put off comes then. */
const QUIET_BLOCKS = 3

/**
 * Blocks with users in them under both runtimes: first one with every call that somebody signs, then one for each pallet, then quiet
 * ones. Calls of root are left out: among them are those that break a chain.
 */
export async function compareUserBlocks({ twin, calls, signal }: UserBlocksOptions): Promise<UserBlocks> {
  const cases = signedCases(calls)
  fund(twin, cases)
  const run = new StateRun(twin)
  const pallets = [...new Set(cases.map(({ pallet }) => pallet))]
  const groups = [cases, ...pallets.map((pallet) => cases.filter((one) => one.pallet === pallet))]
  const dropped: Difference[] = []
  let extrinsics = 0
  for (const group of groups) {
    signal.throwIfAborted()
    if (run.stopped !== null) break
    const input = {
      control: encodeInOrder(run.branch().control, group),
      candidate: encodeInOrder(run.branch().candidate, group),
    }
    const block = await run.block({ extrinsics: input })
    extrinsics += input.control.length
    dropped.push(...droppedDifference(block))
  }
  await run.advanceTo(run.blocks + QUIET_BLOCKS, { signal })
  return { blocks: run.blocks, extrinsics, differences: [...dropped.slice(0, 1), ...run.differences()] }
}

/** The cases as the extrinsics of one block, in order; a signer's nonces go up. */
export function encodeInOrder(side: TwinSide, cases: readonly CallCase[]): readonly Uint8Array[] {
  const traffic = TrafficSide.at(side)
  const used = new Map<string, bigint>()
  return cases.flatMap((one) => {
    if (one.origin.kind !== 'signed') return []
    const { account } = one.origin
    const nonce = used.get(account) ?? traffic.nonceOf(account)
    const extrinsic = traffic.encode(one, { nonce })
    if (extrinsic === null) return []
    used.set(account, nonce + 1n)
    return [extrinsic]
  })
}

function fund(twin: Twin, cases: readonly CallCase[]): void {
  const accounts = new Set(cases.flatMap(({ origin }) => (origin.kind === 'signed' ? [origin.account] : [])))
  const changesOf = ({ runtime, head }: TwinSide) =>
    new Map(
      [...accounts].flatMap((account) => [...(fundingChanges(runtime, head, decodeAddress(account)) ?? [])]),
    )
  twin.edit({ control: changesOf(twin.control), candidate: changesOf(twin.candidate) })
}

/** Fewer extrinsics in the candidate's block: the others did not fit, or were not taken. */
function droppedDifference({ number, control, candidate }: TwinBlock): Difference[] {
  if (control.kind !== 'built' || candidate.kind !== 'built') return []
  const [before, after] = [control.dropped.length, candidate.dropped.length]
  if (after <= before) return []
  const known = new Set(control.dropped.map(({ position }) => position))
  const messages = candidate.dropped
    .filter(({ position }) => !known.has(position))
    .map(({ message }) => message)
  return [
    {
      kind: 'changed',
      area: 'behavior',
      subject: 'blocks with users',
      title: `a block with users takes ${after - before} extrinsics fewer than under the runtime on chain: ${messages[0] ?? ''}`,
      facts: { block: number, before, after },
      evidence: [...new Set(messages)].slice(0, 5),
    },
  ]
}
