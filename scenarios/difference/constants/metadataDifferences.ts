import type { ChainCodec } from '../../../harness/codec/index.ts'
import { type MetadataChange, metadataDiff } from '../../metadata/metadataDiff.ts'
import type { Difference, DifferenceArea, DifferenceKind } from '../difference.ts'

/**
 * What nodes, wallets or other chains hold outside of the runtime, or read once when they start: they go on with the old value.
 */
const HELD_OUTSIDE =
  /^(System\.SS58Prefix|Timestamp\.MinimumPeriod|Aura\.SlotDuration|Babe\.(EpochDuration|ExpectedBlockTime))$/

export interface MetadataSides {
  readonly older: ChainCodec
  readonly newer: ChainCodec
}

/**
 * What metadata says outright: constants and defaults with another value, what came and what went. Types and encodings have checks of
 * their own; what metadata lacks is asked of runtime APIs, and seen in what calls do.
 */
export function metadataDifferences({ older, newer }: MetadataSides): readonly Difference[] {
  const none = new Map<string, number>()
  const changes = metadataDiff({ codec: older, apiVersions: none }, { codec: newer, apiVersions: none })
  return [
    ...changes.flatMap(valueDifference),
    ...groups(changes, 'removed').map((group) => groupDifference(group, 'changed')),
    ...groups(changes, 'added').map((group) => groupDifference(group, 'new')),
  ]
}

function valueDifference({ area, kind, name, before, after }: MetadataChange): Difference[] {
  const isDefault = area === 'storage' && kind === 'default'
  if (!isDefault && !(area === 'constant' && kind === 'value')) return []
  const isOutside = !isDefault && HELD_OUTSIDE.test(name)
  const what = isDefault ? `an absent entry of ${name} reads as` : `the constant ${name} is`
  return [
    {
      kind: isOutside ? 'outside' : 'changed',
      area: 'behavior',
      subject: name,
      title: `${what} ${after} instead of ${before}${isOutside ? ', and nodes and wallets go on with the old value' : ''}`,
      facts: { before, after },
      evidence: [],
    },
  ]
}

interface ChangeGroup {
  readonly pallet: string
  readonly area: MetadataChange['area']
  readonly names: readonly string[]
}

const AREAS: Readonly<Partial<Record<MetadataChange['area'], DifferenceArea>>> = {
  pallet: 'behavior',
  call: 'permissions',
  storage: 'storage',
  constant: 'behavior',
  event: 'behavior',
  'runtime API': 'apis',
}

/** Things of one kind that came to a pallet or went from it. */
function groups(changes: readonly MetadataChange[], kind: 'added' | 'removed'): readonly ChangeGroup[] {
  const found = new Map<string, { pallet: string; area: MetadataChange['area']; names: string[] }>()
  for (const change of changes) {
    if (change.kind !== kind || AREAS[change.area] === undefined) continue
    const [pallet = change.name] = change.name.split('.')
    const group = found.get(`${change.area} ${pallet}`) ?? { pallet, area: change.area, names: [] }
    group.names.push(change.name)
    found.set(`${change.area} ${pallet}`, group)
  }
  return [...found.values()]
}

function groupDifference({ pallet, area, names }: ChangeGroup, kind: DifferenceKind): Difference {
  const many = names.length > 1
  const what = many ? `${names.length} ${area}s of ${pallet} are` : `the ${area} ${names[0] ?? pallet} is`
  return {
    kind,
    area: AREAS[area] ?? 'behavior',
    subject: many ? `${pallet} (${area}s)` : (names[0] ?? pallet),
    title: `${what} ${kind === 'new' ? 'new' : 'gone'}`,
    facts: { area, count: names.length },
    evidence: many ? names : [],
  }
}
