import { type ChainCodec, STORAGE_VERSION_ITEM } from '../codec/index.ts'
import type { StorageKey } from '../state/stateView.ts'
import { plainKey } from './plainKey.ts'

/** Where subtensor's migrations note that they have run; the key is the migration's name. */
export const MIGRATION_RUN_ITEM = 'HasMigrationRun'

/** Name and version of the runtime that last ran its migrations. */
export const LAST_UPGRADE_KEY: StorageKey = plainKey('System', 'LastRuntimeUpgrade')

/**
 * What runtimes write around their migrations (`CallOptions.markWrites`): the storage version of each pallet, notes of
 * migrations that have run, cursors of migrations over several blocks; and before the first of them the version that was last
 * run, after the last the number of the block.
 */
export function migrationMarks(...codecs: readonly ChainCodec[]): readonly StorageKey[] {
  const marks = new Set<StorageKey>([LAST_UPGRADE_KEY, plainKey('System', 'Number')])
  for (const codec of codecs) {
    for (const { name, storage } of codec.metadata.pallets) {
      marks.add(plainKey(name, STORAGE_VERSION_ITEM))
      const own = isMigrationsPallet(codec, name) ? MIGRATIONS_PALLET_ITEMS : []
      for (const item of [MIGRATION_RUN_ITEM, ...own]) {
        const entry = storage.get(item)
        if (entry !== undefined) marks.add(plainKey(entry.palletPrefix, item))
      }
    }
  }
  return [...marks]
}

const MIGRATIONS_PALLET_ITEMS = ['Cursor', 'Historic']

/** True for pallet_migrations, which runs migrations over several blocks, under whatever name. */
export function isMigrationsPallet(codec: ChainCodec, pallet: string): boolean {
  return MIGRATIONS_PALLET_ITEMS.every((item) => codec.item(pallet, item) !== null)
}

/** True for what pallet_migrations keeps of its own progress. */
export function isMigrationsProgress(codec: ChainCodec, pallet: string, item: string): boolean {
  return MIGRATIONS_PALLET_ITEMS.includes(item) && isMigrationsPallet(codec, pallet)
}
