import { decodeAddress } from '@polkadot/util-crypto'
import { metadataDifferences } from '../constants/metadataDifferences.ts'
import { versionDifferences } from '../constants/versionDifferences.ts'
import type { StatePool } from '../inputs/statePool.ts'
import { callName, caseText } from '../traffic/callCase.ts'
import type { KnownCall } from '../traffic/findCalls.ts'
import { TrafficSide } from '../traffic/trafficSide.ts'
import type { Twin } from '../twin/twin.ts'
import type { SignedProbe } from './apiProbe.ts'
import { type ComparedApis, compareApis } from './compareApis.ts'
import { inherentDifferences } from './inherentDifferences.ts'
import { knownProbes } from './knownProbes.ts'
import { listedProbes } from './listedProbes.ts'

export interface ApisOptions {
  /** Where migrations are done. */
  readonly twin: Twin
  readonly pool: StatePool
  /** What succeeds in that state. */
  readonly calls: readonly KnownCall[]
  readonly signal: AbortSignal
}

/** Runtime APIs under both runtimes, each over its own state. */
export async function compareRuntimeApis({ twin, pool, calls, signal }: ApisOptions): Promise<ComparedApis> {
  const { control, candidate } = twin
  const sides = { older: control.runtime.codec, newer: candidate.runtime.codec }
  const extrinsics = signedProbes(twin, calls)
  const listed = listedProbes({ ...sides, pool, extrinsics })
  const names = new Set(listed.map(({ entryPoint }) => entryPoint))
  const accounts = pool.rich.flatMap((account) =>
    typeof account === 'string' ? [decodeAddress(account)] : [],
  )
  const known = knownProbes({ extrinsics, accounts, isListed: (entryPoint) => names.has(entryPoint) })
  const compared = await compareApis({ control, candidate, probes: [...known, ...listed], signal })
  return {
    ...compared,
    differences: [
      ...compared.differences,
      ...(await inherentDifferences(twin)),
      ...metadataDifferences(sides),
      ...versionDifferences(control.runtime.version, candidate.runtime.version),
    ],
  }
}

/** An extrinsic for each call that somebody with money makes. */
function signedProbes({ control, candidate }: Twin, calls: readonly KnownCall[]): readonly SignedProbe[] {
  const [left, right] = [TrafficSide.at(control), TrafficSide.at(candidate)]
  return calls.flatMap(({ successes }) => {
    const one = successes.find(({ one: { origin } }) => origin.kind !== 'nobody')?.one
    if (one === undefined) return []
    const [was, is] = [left.encode(one), right.encode(one)]
    return was === null || is === null
      ? []
      : [{ text: `${callName(one)}: ${caseText(one)}`, control: was, candidate: is }]
  })
}
