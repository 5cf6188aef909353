import { bytesToHex } from '../../harness/base/bytes.ts'
import type { ChainCodec, StorageItem } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { isOtherKey } from '../metadata/metadataDiff.ts'
import { type TypeChange, typeChange } from '../metadata/typeChange.ts'
import { migrationsEnd, type Settling } from '../migrations/settle.ts'
import { writtenKeys } from '../rehearsal/writtenKeys.ts'

const SHOWN_KEYS = 5

export const storageTypes: Check = defineCheck({
  id: 'storage.types',
  title: 'Stored values still decode to the types the candidate expects',
  why: 'A type that changes without a migration misreads stored values (Kulupu 2020, Autonomys Taurus 2025); with the same width the value still decodes, and nobody notices.',
  rules: [
    {
      id: 'typeChanged',
      severity: 'error',
      says: 'Values that the upgrade does not rewrite decode to a different value, or do not decode.',
    },
    {
      id: 'scaleChanged',
      severity: 'error',
      says: 'Values that the upgrade does not rewrite decode to a different number of the same width, such as a signed one or a fraction.',
    },
    {
      id: 'relabeled',
      severity: 'warning',
      says: 'A field or variant in use has a different name at the same position: it was renamed, or its meaning changed.',
    },
    {
      id: 'keyChanged',
      severity: 'error',
      says: 'Keys that the upgrade leaves behind are no longer where the candidate looks for them.',
    },
  ],
  needs: migrationsEnd,
  async run(context, settling): Promise<CheckAnswer> {
    const scan = openScan(context, settling)
    const findings: Finding[] = []
    const measures = { changedItems: 0, keysLeft: 0 }
    for (const was of scan.older.items()) {
      context.signal.throwIfAborted()
      const is = scan.newer.item(was.pallet, was.item)
      if (is === null) continue
      const found = judgeItem(context, scan, { was, is })
      if (found === null) continue
      measures.changedItems++
      measures.keysLeft += found.keysLeft
      findings.push(...found.findings)
    }
    return { kind: 'ran', findings, measures }
  },
})

interface Scan {
  readonly older: ChainCodec
  readonly newer: ChainCodec
  readonly before: ChainState
  readonly after: ChainState
  readonly written: ReadonlySet<StorageKey>
}

function openScan({ fork, current }: CheckContext, { blocks, head, runtime }: Settling): Scan {
  return {
    older: current.codec,
    newer: runtime.codec,
    before: fork.head.state,
    after: head.state,
    written: writtenKeys(blocks),
  }
}

interface ItemPair {
  readonly was: StorageItem
  readonly is: StorageItem
}

/** Null when nothing about the item changed. */
function judgeItem(
  context: CheckContext,
  scan: Scan,
  pair: ItemPair,
): { readonly findings: readonly Finding[]; readonly keysLeft: number } | null {
  const { was, is } = pair
  if (was.pallet === 'System' && was.item === 'Events') return null
  const sides = { older: scan.older, newer: scan.newer }
  const isMoved = isOtherKey(sides, was, is)
  const change = typeChange(
    { types: scan.older.metadata.types, type: was.value },
    { types: scan.newer.metadata.types, type: is.value },
  )
  if (!isMoved && (change === null || change.kind === 'grown')) return null
  const left = [...untouchedKeys(scan, was)]
  if (left.length === 0) return { findings: [], keysLeft: 0 }
  const finding = isMoved ? movedKeys(context, scan, { ...pair, left }) : null
  if (finding !== null) return { findings: [finding], keysLeft: left.length }
  const misread = change === null ? null : misreadValues(context, scan, { ...pair, left, change })
  return { findings: misread === null ? [] : [misread], keysLeft: left.length }
}

/** Keys that were there before the upgrade, are there after it, and that nothing wrote. */
function* untouchedKeys({ older, before, after, written }: Scan, item: StorageItem): Generator<StorageKey> {
  for (const key of before.keysWithPrefix(older.storagePrefix(item.pallet, item.item))) {
    if (!written.has(key) && after.get(key) !== null) yield key
  }
}

interface LeftKeys extends ItemPair {
  readonly left: readonly StorageKey[]
}

function movedKeys(context: CheckContext, scan: Scan, { was, is, left }: LeftKeys): Finding {
  const name = `${was.pallet}.${was.item}`
  const text = ({ hashers, keys }: StorageItem, codec: ChainCodec) =>
    hashers.map((hasher, i) => `${hasher}(${codec.metadata.types.name(keys[i] ?? 0)})`).join(', ') ||
    'one value'
  const [before, after] = [text(was, scan.older), text(is, scan.newer)]
  return createFinding(storageTypes, context, {
    rule: 'keyChanged',
    subject: name,
    title: `${left.length} key(s) of ${name} stay where the candidate does not look for them: ${before} before, ${after} now`,
    facts: { keys: left.length, before, after },
    evidence: left.slice(0, SHOWN_KEYS).map((key) => keyLine(scan.older, key)),
  })
}

const RULES = { layout: 'typeChanged', scale: 'scaleChanged', label: 'relabeled' } as const

interface ChangedValues extends LeftKeys {
  readonly change: TypeChange
}

/** With another layout, what decodes to the same value under both runtimes is unharmed. */
function misreadValues(context: CheckContext, scan: Scan, changed: ChangedValues): Finding | null {
  const { was, change, left } = changed
  if (change.kind === 'grown') return null
  const name = `${was.pallet}.${was.item}`
  const misread = change.kind === 'scale' ? left : left.filter((key) => isMisread(scan, was, key))
  if (misread.length === 0) return null
  const at = change.path === '' ? '' : ` (${change.path})`
  return createFinding(storageTypes, context, {
    rule: RULES[change.kind],
    subject: name,
    title: `${misread.length} value(s) of ${name}${at} were written as ${change.before} and are read as ${change.after}; the upgrade does not rewrite them`,
    facts: { values: misread.length, before: change.before, after: change.after, path: change.path },
    evidence: misread.slice(0, SHOWN_KEYS).map((key) => valueLine(scan, was, key)),
  })
}

function isMisread(scan: Scan, item: StorageItem, key: StorageKey): boolean {
  const [before, after] = bothReadings(scan, item, key)
  return before !== after
}

/** A value as each of the two runtimes reads it. */
function bothReadings(scan: Scan, { pallet, item }: StorageItem, key: StorageKey): readonly [string, string] {
  const bytes = scan.before.get(key) ?? new Uint8Array()
  const [before = '', after = ''] = [scan.older, scan.newer].map((codec) => {
    const decoded = codec.decodeValue(pallet, item, bytes)
    if (decoded.kind === 'error') return `not at all (${decoded.error})`
    const rest = decoded.remaining === 0 ? '' : ` and ${decoded.remaining} byte(s) over`
    return `${JSON.stringify(decoded.value)}${rest}`
  })
  return [before, after]
}

function keyLine(codec: ChainCodec, key: StorageKey): string {
  const described = codec.describeKey(key)
  const args = described?.kind === 'item' ? described.args : []
  return `${codec.itemOfKey(key)}${args.length === 0 ? '' : `(${args.map((arg) => JSON.stringify(arg)).join(', ')})`}`
}

function valueLine(scan: Scan, item: StorageItem, key: StorageKey): string {
  const [before, after] = bothReadings(scan, item, key)
  const bytes = bytesToHex((scan.before.get(key) ?? new Uint8Array()).subarray(0, 32))
  return `${keyLine(scan.older, key)}: ${bytes} is ${before}, now ${after}`
}
