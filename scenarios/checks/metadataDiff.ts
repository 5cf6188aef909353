import { apiVersions } from '../../harness/chain/runtimeApis.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { changedCalls } from '../metadata/callEncoding.ts'
import { metadataDiff as diffMetadata, type MetadataChange } from '../metadata/metadataDiff.ts'

export const metadataDiff: Check = defineCheck({
  id: 'metadata.diff',
  title: 'Clients, wallets and signed extrinsics still work with the candidate',
  why: 'Moved calls, removed runtime APIs and changed extensions broke wallets, SDKs and scheduled calls (Moonbeam, subtensor #832, #1162); a transaction_version that was not raised gave old signatures a new meaning.',
  rules: [
    {
      id: 'entryPointGone',
      severity: 'error',
      says: 'An entry point that nodes or wallets call on every chain is no longer exported.',
    },
    {
      id: 'runtimeApiGone',
      severity: 'warning',
      says: 'A runtime API of this chain, or one of its methods, was removed: its clients fail.',
    },
    {
      id: 'runtimeApiChanged',
      severity: 'warning',
      says: 'The parameters or the result of a runtime API method are encoded differently, so existing clients decode wrong values.',
    },
    {
      id: 'palletGone',
      severity: 'warning',
      says: 'A pallet was removed, with its calls, events and storage.',
    },
    {
      id: 'palletMoved',
      severity: 'error',
      says: 'A pallet has a different index, so all its calls and events are encoded differently; a warning when transaction_version rises or the chain never raises it.',
    },
    {
      id: 'callMoved',
      severity: 'error',
      says: 'A call has a different index in its pallet, different arguments, or was removed and another call took its index; a warning when transaction_version rises or the chain never raises it.',
    },
    {
      id: 'callGone',
      severity: 'warning',
      says: 'A call was removed: whoever submits it is refused.',
    },
    {
      id: 'extensionsChanged',
      severity: 'error',
      says: 'The transaction extensions changed: what an extrinsic carries or signs besides its call; a warning when transaction_version rises or the chain never raises it.',
    },
    {
      id: 'clockChanged',
      severity: 'warning',
      says: 'A constant that determines block times changed: nodes count slots by it.',
    },
  ],
  async run(context): Promise<CheckAnswer> {
    const { fork, candidate, current } = context
    const answer = await fork.catalog.of(candidate, fork.head.state)
    if (answer.kind === 'failed') {
      return { kind: 'inconclusive', reason: `the candidate's metadata cannot be read: ${answer.message}` }
    }
    const changes = diffMetadata(describe(current), describe(answer.value))
    const reencoded = reencodedCalls(context, answer.value, changes)
    const said = new Set(reencoded.map(({ subject }) => subject))
    const findings = [
      ...goneEntryPoints(context),
      ...withOneCause(
        context,
        answer.value,
        changes
          .flatMap((change) => judge(context, answer.value, change))
          .filter((one) => !said.has(one.subject)),
      ),
      ...reencoded,
    ]
    return { kind: 'ran', findings, measures: countByKind(changes), tables: [toTable(changes)] }
  },
})

function describe({ codec, blob, version }: RuntimeContext) {
  return { codec, apiVersions: apiVersions(blob, version) }
}

/** What every node, wallet or block explorer calls. */
const COMMON_APIS =
  /^(?:Core|Metadata|BlockBuilder|TaggedTransactionQueue|AccountNonceApi|TransactionPaymentApi|SessionKeys|OffchainWorkerApi|AuraApi|BabeApi|GrandpaApi|AuraUnincludedSegmentApi|CollectCollationInfo)_/
/** Of builds for tests. */
const TEST_APIS = /^(?:TryRuntime|Benchmark|GenesisBuilder)/

function goneEntryPoints(context: CheckContext): Finding[] {
  const names = (blob: RuntimeContext['blob']) =>
    blob.exports.flatMap(({ kind, name }) => (kind === 'function' && /^\w+_\w+$/.test(name) ? [name] : []))
  const now = new Set(names(context.candidate))
  return names(context.current.blob)
    .filter((name) => !now.has(name) && COMMON_APIS.test(name))
    .map((subject) => {
      const title = `The entry point ${subject}, which nodes or wallets call, was removed`
      return createFinding(metadataDiff, context, { rule: 'entryPointGone', subject, title })
    })
}

/** Metadata since this version tells the index of each pallet; before, it followed from the order. */
const FIRST_WITH_INDICES = 12
const SHOWN_PALLETS = 30

/** Pallets that move because the metadata now tells their indices are one finding. */
function withOneCause(
  context: CheckContext,
  candidate: RuntimeContext,
  findings: readonly Finding[],
): readonly Finding[] {
  const moved = findings.filter(({ rule }) => rule === 'palletMoved')
  const isCause =
    context.current.codec.metadata.version < FIRST_WITH_INDICES &&
    candidate.codec.metadata.version >= FIRST_WITH_INDICES
  if (!isCause || moved.length < 2) return findings
  const one = createFinding(metadataDiff, context, {
    rule: 'palletMoved',
    severity: encodingSeverity(context, candidate),
    subject: 'pallet indices',
    title: `${moved.length} pallets have another index: the runtime on chain counts them in order, and the candidate's metadata tells each`,
    facts: { pallets: moved.length },
    evidence: moved.slice(0, SHOWN_PALLETS).map(({ title }) => title),
  })
  return [one, ...findings.filter(({ rule }) => rule !== 'palletMoved')]
}

const CLOCK_CONSTANTS =
  /^(?:Timestamp\.MinimumPeriod|Aura\.SlotDuration|Babe\.(?:EpochDuration|ExpectedBlockTime))$/

/** The finding of one change, if it breaks something. */
function judge(context: CheckContext, candidate: RuntimeContext, change: MetadataChange): Finding[] {
  const { area, kind, name, before, after } = change
  const make = (rule: string, title: string, severity?: Finding['severity']) => {
    const facts = { before, after }
    const parts = { rule, subject: `${area} ${name}`, title, facts }
    return [createFinding(metadataDiff, context, severity === undefined ? parts : { ...parts, severity })]
  }
  const encoding = encodingSeverity(context, candidate)
  if (area === 'runtime API' && !TEST_APIS.test(name) && !COMMON_APIS.test(`${name.split('.')[0]}_`)) {
    if (kind === 'removed') return make('runtimeApiGone', `The runtime API ${name} was removed`)
    if (kind === 'type' && isIncompatible(change)) {
      return make('runtimeApiChanged', `The encoding of runtime API ${name} changed: ${before}, now ${after}`)
    }
  }
  if (area === 'pallet' && kind === 'removed') return make('palletGone', `The pallet ${name} was removed`)
  if (area === 'pallet' && kind === 'moved') {
    return make('palletMoved', `The pallet ${name} moved from ${before} to ${after}`, encoding)
  }
  if (area === 'call' && kind === 'removed') return make('callGone', `The call ${name} was removed`)
  if (area === 'extension' || area === 'extrinsic') {
    if ((kind === 'type' && !isIncompatible(change)) || change.isWithoutBytes === true) return []
    const what =
      name === 'order' ? 'The transaction extensions are in a different order' : `${area} ${name}: ${kind}`
    return make('extensionsChanged', `${what}, so extrinsics are signed differently`, encoding)
  }
  if (area === 'constant' && kind === 'value' && CLOCK_CONSTANTS.test(name)) {
    return make('clockChanged', `${name} changed from ${before} to ${after}, and nodes count slots by it`)
  }
  return []
}

const WHAT_OF_CALL = {
  index: 'has a different index',
  arguments: 'takes different arguments',
  replaced: 'was removed and another call took its index',
} as const

/** One finding for each call that keeps its name and is encoded differently, but for those of a pallet that moved as a whole. */
function reencodedCalls(
  context: CheckContext,
  candidate: RuntimeContext,
  changes: readonly MetadataChange[],
): Finding[] {
  const moved = new Set(
    changes.flatMap(({ area, kind, name }) => (area === 'pallet' && kind === 'moved' ? [name] : [])),
  )
  return changedCalls(context.current.codec, candidate.codec)
    .filter(({ call }) => !moved.has(call.split('.')[0] ?? ''))
    .map(({ call, change, before, after }) => {
      const what = WHAT_OF_CALL[change]
      return createFinding(metadataDiff, context, {
        rule: 'callMoved',
        severity: encodingSeverity(context, candidate),
        subject: `call ${call}`,
        title: `The call ${call} ${what}: ${before}, now ${after}`,
        facts: { before, after },
      })
    })
}

/** Wallets go by transaction_version, where the chain keeps that promise. */
function encodingSeverity(
  { current, profile }: CheckContext,
  candidate: RuntimeContext,
): 'error' | 'warning' {
  const isRaised = candidate.version.transactionVersion > current.version.transactionVersion
  return isRaised || !profile.raisesTransactionVersion ? 'warning' : 'error'
}

function isIncompatible({ type }: MetadataChange): boolean {
  return type?.kind === 'layout' || type?.kind === 'scale'
}

function countByKind(changes: readonly MetadataChange[]): Record<string, number> {
  const counts: Record<string, number> = { changes: changes.length }
  for (const { kind } of changes) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

function toTable(changes: readonly MetadataChange[]): DataTable {
  return {
    id: 'metadata-diff',
    title: 'Metadata, before and after',
    columns: ['what', 'name', 'change', 'before', 'after', 'who is affected'].map((name) => ({
      name,
      kind: 'text',
    })),
    rows: changes.map((change) => {
      const { area, name, kind, before, after } = change
      return [area, name, kind, clip(before), clip(after), whoCares(change)]
    }),
  }
}

const MAX_TEXT = 200

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}

function whoCares({ area, kind, type }: MetadataChange): string {
  if (kind === 'added' || type?.kind === 'grown') return 'nobody'
  if (area === 'storage') return kind === 'type' || kind === 'key' ? 'stored data, clients' : 'clients'
  if (area === 'call' || area === 'pallet') return 'signed and stored calls, clients'
  if (area === 'extension' || area === 'extrinsic') return 'wallets, signed extrinsics'
  return 'clients'
}
