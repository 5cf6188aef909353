import { bytesToHex, isEqualBytes } from '../../harness/base/bytes.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import { createStorageInspector } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import type { RunContext } from '../check/runContext.ts'
import { stateWithout } from '../rehearsal/withoutUpgrade.ts'
import type { SettledChain } from './settledChain.ts'

/** Single values by which a chain is steered: who authors, who finalizes, who may do everything, who governs. */
const STEERING_ITEMS: readonly string[] = [
  'Aura.Authorities',
  'Babe.Authorities',
  'Grandpa.Authorities',
  'Session.Validators',
  'CollatorSelection.Invulnerables',
  'ParachainStaking.SelectedCandidates',
  'ValidatorSet.Validators',
  'Sudo.Key',
  'Council.Members',
  'GeneralCouncil.Members',
  'TechnicalCommittee.Members',
  'TechComm.Members',
  'TechCommitteeCollective.Members',
  'CouncilCollective.Members',
  'TreasuryCouncilCollective.Members',
  'OpenTechCommitteeCollective.Members',
  'Triumvirate.Members',
  'TriumvirateMembers.Members',
  'SenateMembers.Members',
  'FellowshipCollective.Members',
  'TechnicalMembership.Members',
  'CouncilMembership.Members',
  'AllianceMotion.Members',
  'System.AuthorizedUpgrade',
  'ParachainInfo.ParachainId',
]

const HEAP_PAGES_KEY: StorageKey = ':heappages'
const EXTRINSIC_INDEX_KEY: StorageKey = ':extrinsic_index'
const GRANDPA_KEY: StorageKey = ':grandpa_authorities'
/** Of `:heappages`, a u64; a node that cannot read it goes on with its default. */
const HEAP_PAGES_BYTES = 8
const SHOWN_BYTES = 40

export interface SteeringChange {
  readonly kind: 'emptied' | 'replaced' | 'unreadable'
  readonly name: string
  readonly before: string
  readonly after: string
  /** The candidate still has the item; when it dropped the pallet or the item, the metadata has announced it. */
  readonly isKnown: boolean
}

interface SteeringValue {
  readonly name: string
  readonly key: StorageKey
  readonly isKnown: boolean
}

/**
 * What steers the chain and is not as it was, in the state once migrations are done. A value that changes in the same way without the
 * upgrade, as authorities do at the end of a session, is as it was.
 */
export async function steeringChanges(
  run: RunContext,
  settled: SettledChain,
): Promise<{ readonly changes: readonly SteeringChange[]; readonly looked: number }> {
  const { fork, current } = run
  const codec = settled.runtime.codec
  const values = [
    ...itemsOf(current.codec, codec),
    ...[HEAP_PAGES_KEY, GRANDPA_KEY, EXTRINSIC_INDEX_KEY].map((key) => ({ name: key, key, isKnown: true })),
  ]
  const control = await stateWithout(run, settled.head.number)
  const states = { before: fork.head.state, control, after: settled.head.state }
  const changes = values.flatMap((value) => changeOf(value, codec, states))
  return { changes, looked: values.length }
}

function itemsOf(older: ChainCodec, newer: ChainCodec): readonly SteeringValue[] {
  return STEERING_ITEMS.flatMap((name) => {
    const [pallet = '', item = ''] = name.split('.')
    if (!isValue(older, pallet, item)) return []
    return [{ name, key: older.storageKey(pallet, item), isKnown: isValue(newer, pallet, item) }]
  })
}

function isValue(codec: ChainCodec, pallet: string, item: string): boolean {
  return codec.item(pallet, item)?.hashers.length === 0
}

interface States {
  readonly before: ChainState
  readonly control: ChainState
  readonly after: ChainState
}

function changeOf(value: SteeringValue, codec: ChainCodec, states: States): SteeringChange[] {
  const { name, key, isKnown } = value
  const [before, control, after] = [states.before.get(key), states.control.get(key), states.after.get(key)]
  const change = (kind: SteeringChange['kind']): SteeringChange[] => [
    { kind, name, before: textOf(before), after: textOf(after), isKnown },
  ]
  if (isSame(after, before) || isSame(after, control)) return []
  if (isEmpty(after)) return isEmpty(before) ? [] : change('emptied')
  if (!isReadable(value, codec, after ?? new Uint8Array())) return change('unreadable')
  return isEmpty(before) && key !== EXTRINSIC_INDEX_KEY && key !== HEAP_PAGES_KEY ? [] : change('replaced')
}

function isReadable({ key, isKnown }: SteeringValue, codec: ChainCodec, value: Uint8Array): boolean {
  if (key === HEAP_PAGES_KEY) return value.length === HEAP_PAGES_BYTES
  if (!isKnown || key.startsWith(':')) return true
  return createStorageInspector(codec.metadata).find(key)?.bytesLeft(value) === 0
}

/** An absent value, and a list without entries. */
function isEmpty(value: Uint8Array | null): boolean {
  return value === null || value.length === 0 || (value.length === 1 && value[0] === 0)
}

function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : isEqualBytes(a, b)
}

function textOf(value: Uint8Array | null): string {
  if (value === null) return 'absent'
  const hex = bytesToHex(value.subarray(0, SHOWN_BYTES))
  return value.length > SHOWN_BYTES ? `${hex}… (${value.length} bytes)` : hex
}
