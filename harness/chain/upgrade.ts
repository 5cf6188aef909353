import type { RuntimeVersion } from '../codec/runtimeVersion.ts'
import type { RuntimeBlob } from '../runtime/blob/index.ts'
import type { CallCost, RuntimeLog, WriteMark } from '../runtime/executor.ts'
import type { ChainState } from '../state/chainState.ts'
import type { ChainHead } from './block.ts'
import { type BlockWeight, blockWeight } from './blockWeight.ts'
import {
  type BuildBlockOptions,
  type BuildResult,
  type BuiltBlock,
  buildBlock,
  type FailedBlock,
} from './build/blockBuilder.ts'
import { migrationMarks } from './migrationMarks.ts'
import type { RuntimeCache } from './runtimeCache.ts'
import type { RuntimeContext } from './runtimeContext.ts'
import type { QueryFailure } from './runtimeQuery.ts'
import { setCodeChanges } from './setCode.ts'
import { type ItemDiff, type LabelsAround, storageDiff } from './storageDiff.ts'

export interface UpgradeOptions {
  /** Of the block that sets the code. */
  readonly extrinsics?: readonly Uint8Array[]
  /** Of the block that sets the code. Default: the slot after the parent's. */
  readonly timestampMs?: bigint
  /**
   * The author of the migration block counts slots as the old runtime told it, as nodes do that were not restarted. With
   * another slot duration in the new runtime they halt; compare `claim.slotDurationMs` of both blocks. Default: false, the
   * author asks the new runtime.
   */
  readonly keepSlotDuration?: boolean
}

/** What the first initialize under the new runtime did; migrations and `on_initialize` are one call. */
export interface MigrationReport {
  readonly cost: CallCost
  readonly logs: readonly RuntimeLog[]
  /** Writes that tell one migration from the next (`migrationMarks`); none of an executor that does not record them. */
  readonly marks: readonly WriteMark[]
  /** What the runtime counted as used right after; null when it cannot be told. */
  readonly weight: BlockWeight | null
  readonly changes: readonly ItemDiff[]
}

export interface Upgraded {
  readonly kind: 'upgraded'
  readonly from: RuntimeVersion
  readonly to: RuntimeVersion
  /** The candidate, which built the migration block; what that block left in `:code` may be something else. */
  readonly runtime: RuntimeContext
  /** The last block of the old runtime; its state has the new code. */
  readonly codeBlock: BuiltBlock
  /** The first block of the new runtime. */
  readonly migrationBlock: BuiltBlock
  readonly migration: MigrationReport
  /** All that the migration block changed, the migrations' part included. */
  readonly blockChanges: readonly ItemDiff[]
  readonly head: ChainHead
}

/** The upgrade failed. `head` is the last block that did. */
export type UpgradeFailure =
  | { readonly kind: 'codeNotSet'; readonly block: FailedBlock | QueryFailure; readonly head: ChainHead }
  | {
      readonly kind: 'runtimeUnusable'
      readonly codeBlock: BuiltBlock
      readonly failure: QueryFailure
      readonly head: ChainHead
    }
  | {
      readonly kind: 'migrationFailed'
      readonly from: RuntimeVersion
      readonly to: RuntimeVersion
      readonly codeBlock: BuiltBlock
      readonly block: FailedBlock
      /** Null when it was the migrations' own call that failed. */
      readonly migration: MigrationReport | null
      readonly head: ChainHead
    }

export type UpgradeResult = Upgraded | UpgradeFailure

/**
 * Upgrades the chain after `parent`. The code is put into the state at the end of a block of the old runtime, with what
 * `System.set_code` leaves there but for its event: who may set it, and whether `set_code` would refuse the version, is
 * not asked here. A parachain's wait for its relay chain is skipped. Then the new runtime builds a block.
 */
export async function upgradeChain(
  catalog: RuntimeCache,
  parent: ChainHead,
  { blob, keepSlotDuration = false, ...options }: UpgradeOptions & { readonly blob: RuntimeBlob },
): Promise<UpgradeResult> {
  const old = await catalog.at(parent.state)
  if (old.kind === 'failed') return { kind: 'codeNotSet', block: old, head: parent }
  const codeBlock = await buildBlock(old.value, parent, {
    ...options,
    beforeFinalize: (state) => setCodeChanges(state, blob.submitted, old.value.version.systemVersion),
  })
  if (codeBlock.kind === 'failed') return { kind: 'codeNotSet', block: codeBlock, head: parent }
  const { head } = codeBlock
  const next = await catalog.of(blob, head.state)
  if (next.kind === 'failed') return { kind: 'runtimeUnusable', codeBlock, failure: next, head }
  const { slotDurationMs } = codeBlock.claim
  const authoring = keepSlotDuration ? { slotDurationMs } : {}
  return migrate({ old: old.value, next: next.value, codeBlock, authoring })
}

interface Migrating {
  readonly old: RuntimeContext
  readonly next: RuntimeContext
  readonly codeBlock: BuiltBlock
  readonly authoring: BuildBlockOptions
}

async function migrate({ old, next, codeBlock, authoring }: Migrating): Promise<UpgradeResult> {
  const { head } = codeBlock
  const versions = { from: old.version, to: next.version }
  const labels = { old: old.codec, new: next.codec }
  const callOptions = { ...next.callOptions, markWrites: migrationMarks(old.codec, next.codec) }
  const block = await buildBlock({ ...next, callOptions }, head, authoring)
  const migration = migrationReport(next, head.state, { block, labels })
  if (block.kind === 'failed') {
    return { kind: 'migrationFailed', ...versions, codeBlock, block, migration, head }
  }
  return {
    kind: 'upgraded',
    ...versions,
    runtime: next,
    codeBlock,
    migrationBlock: block,
    // SAFETY: a built block was initialized, and its first phase says so.
    migration: migration as MigrationReport,
    blockChanges: storageDiff(head.state, block.head.state.changes, labels),
    head: block.head,
  }
}

/** Null when initialize did not end. */
function migrationReport(
  runtime: RuntimeContext,
  state: ChainState,
  run: { readonly block: BuildResult; readonly labels: LabelsAround },
): MigrationReport | null {
  const outcome = run.block.phases[0]?.outcome
  if (outcome?.kind !== 'ok') return null
  const { cost, logs, marks = [], changes } = outcome
  return {
    cost,
    logs,
    marks,
    weight: blockWeight(runtime.codec, state.with(changes)),
    changes: storageDiff(state, changes, run.labels),
  }
}
