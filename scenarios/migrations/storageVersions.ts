import type { StateView } from '../../harness/state/stateView.ts'
import type { RunContext } from '../check/runContext.ts'
import { stateWithout } from '../rehearsal/withoutUpgrade.ts'
import { type CodeVersions, codeVersions, storageVersionKey } from './codeVersions.ts'
import { storageVersion } from './markMeaning.ts'
import type { Settling } from './settle.ts'

/** A pallet's storage versions around an upgrade. Null: absent from the state, or unknown of the code. */
export interface PalletVersions {
  readonly pallet: string
  readonly before: number | null
  /** After the migrations came to an end, or as far as they got. */
  readonly after: number | null
  /** At the same height without the upgrade. */
  readonly without: number | null
  readonly code: number | null
  /** Of the runtime on chain before the upgrade. */
  readonly oldCode: number | null
  readonly knownTo: 'both' | 'old' | 'new'
}

export interface VersionInventory {
  readonly settling: Settling
  readonly pallets: readonly PalletVersions[]
  readonly code: CodeVersions
  readonly oldCode: CodeVersions
}

/** The storage versions of all pallets of both runtimes, in the candidate's order. */
export async function versionInventory(context: RunContext, settling: Settling): Promise<VersionInventory> {
  const { fork, current } = context
  const code = await codeVersions(settling.runtime)
  const oldCode = await codeVersions(current)
  const newNames = namesOf(settling.runtime)
  const oldNames = namesOf(current)
  const read = (state: StateView, pallet: string) => storageVersion(state.get(storageVersionKey(pallet)))
  const without = await stateWithout(context, settling.head.number)
  const pallets = [...new Set([...newNames, ...oldNames])].map((pallet): PalletVersions => {
    const knownTo = !oldNames.has(pallet) ? 'new' : newNames.has(pallet) ? 'both' : 'old'
    return {
      pallet,
      before: read(fork.head.state, pallet),
      after: read(settling.head.state, pallet),
      without: read(without, pallet),
      code: code.versions.get(pallet) ?? null,
      oldCode: oldCode.versions.get(pallet) ?? null,
      knownTo,
    }
  })
  return { settling, pallets, code, oldCode }
}

function namesOf({ codec }: RunContext['current']): ReadonlySet<string> {
  return new Set(codec.metadata.pallets.map(({ name }) => name))
}

/**
 * How the version on chain stands to that in code after an upgrade. `untouched`: they differ, as they may have done before it or do without it.
 */
export type VersionVerdict = 'agree' | 'unknown' | 'differ' | 'untouched' | 'neverWritten'

export function versionVerdict(versions: PalletVersions): VersionVerdict {
  const { before, after, without, code, oldCode } = versions
  if (code === null) return 'unknown'
  if ((after ?? 0) === code) return 'agree'
  // A pallet that migrates itself, some blocks after an earlier upgrade, does so without this one as well.
  if (before !== after && after === without && oldCode === code) return 'untouched'
  if (before !== after) return 'differ'
  if (oldCode !== null) return oldCode === code ? 'untouched' : 'differ'
  return before === null ? 'neverWritten' : 'differ'
}
