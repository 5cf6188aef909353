import {
  buildBlock,
  type ChainHead,
  CODE_KEY,
  Fork,
  isSameValue,
  plainKey,
  RuntimeCache,
  type RuntimeContext,
} from '../../harness/chain/index.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { Changes, StorageKey } from '../../harness/state/stateView.ts'
import { isBookkeeping } from './bookkeeping.ts'

/** What an upgrade changes in a state, beside what its blocks would have done anyway. */
export type UpgradeDelta =
  | { readonly kind: 'delta'; readonly changes: Changes; readonly next: RuntimeContext }
  /** The candidate cannot be used, or its first blocks cannot be built. */
  | { readonly kind: 'failed'; readonly message: string }

/** Migrations over several blocks that take longer are looked at by `upgrade.settle`. */
const MAX_BLOCKS = 64

/**
 * Upgrades the chain after `parent` in blocks without traffic until migrations over several blocks are done, and builds as
 * many blocks without the upgrade: the keys in which the two differ are what the upgrade does. Laid over the state of `parent`
 * they give the state that the candidate would have started from, at the same height and time. State roots are not computed.
 */
export async function upgradeDelta(
  catalog: RuntimeCache,
  parent: ChainHead,
  blob: RuntimeBlob,
): Promise<UpgradeDelta> {
  const options = { ...catalog.callOptions, assumedStateRoot: new Uint8Array(32) }
  const rootless = new RuntimeCache(catalog.executor, options)
  const next = await rootless.of(blob, parent.state)
  if (next.kind === 'failed') return { kind: 'failed', message: next.message }
  const fork = Fork.start(rootless, parent)
  const upgrade = await fork.upgrade(blob)
  switch (upgrade.kind) {
    case 'codeNotSet':
      // The chain's own runtime builds no block here, so that the upgrade is the new code alone.
      return { kind: 'delta', next: next.value, changes: new Map([[CODE_KEY, blob.submitted]]) }
    case 'runtimeUnusable':
      return { kind: 'failed', message: upgrade.failure.message }
    case 'migrationFailed':
      return { kind: 'failed', message: upgrade.block.message }
    case 'upgraded': {
      const upgraded = await settle(next.value, upgrade.head)
      const control = await emptyBlocks(rootless, parent, upgraded.number - parent.number)
      return {
        kind: 'delta',
        next: next.value,
        changes: difference(parent.state, upgraded.state, control.state),
      }
    }
  }
}

async function settle(next: RuntimeContext, from: ChainHead): Promise<ChainHead> {
  const cursors = next.codec.metadata.pallets
    .filter(({ storage }) => storage.has('Cursor') && storage.has('Historic'))
    .map(({ name, storage }) => plainKey(storage.get('Cursor')?.palletPrefix ?? name, 'Cursor'))
  let head = from
  for (let i = 0; i < MAX_BLOCKS; i++) {
    const { state } = head
    if (cursors.every((cursor) => state.get(cursor) === null)) return head
    const built = await buildBlock(next, head)
    if (built.kind === 'failed') return head
    head = built.head
  }
  return head
}

async function emptyBlocks(catalog: RuntimeCache, parent: ChainHead, count: number): Promise<ChainHead> {
  const fork = Fork.start(catalog, parent)
  for (let i = 0; i < count; i++) {
    if ((await fork.buildBlock()).kind === 'failed') break
  }
  return fork.head
}

function difference(parent: ChainState, upgraded: ChainState, control: ChainState): Changes {
  const changes = new Map<StorageKey, Uint8Array | null>()
  for (const key of new Set([...changedKeys(parent, upgraded), ...changedKeys(parent, control)])) {
    const value = upgraded.get(key)
    if (!isBookkeeping(key) && !isSameValue(value, control.get(key))) changes.set(key, value)
  }
  return changes
}

function* changedKeys(parent: ChainState, state: ChainState): Generator<StorageKey> {
  for (let at: ChainState | null = state; at !== null && at !== parent; at = at.parent)
    yield* at.changes.keys()
}
