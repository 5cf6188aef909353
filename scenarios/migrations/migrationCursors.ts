import { isMigrationsPallet } from '../../harness/chain/migrationMarks.ts'
import type { ChainCodec, ChainValue } from '../../harness/codec/index.ts'
import type { StateView } from '../../harness/state/stateView.ts'

/** The place that a migration over several blocks has got to, as the runtime keeps it. */
export interface MigrationCursor {
  /** `Pallet.Item`. */
  readonly item: string
  /** The decoded value, shortened. */
  readonly text: string
  /** pallet_migrations has given the migration up and stopped the chain's calls for good. */
  readonly isStuck: boolean
}

const CURSOR_NAME = /Cursor$|^MigrationInProgress$/
const SHOWN_CHARACTERS = 120

/**
 * Cursors of migrations that are under way in `state`: that of a pallet like pallet_migrations, which keeps a `Cursor` beside
 * its `Historic`; and any other optional value that is named like one and was absent in `before`, the state before the
 * upgrade: cursors of a pallet's ordinary work stand there on either side.
 */
export function migrationCursors(
  codec: ChainCodec,
  state: StateView,
  before: StateView,
): readonly MigrationCursor[] {
  const cursors: MigrationCursor[] = []
  for (const { pallet, item, keys, modifier } of codec.items()) {
    if (keys.length > 0 || modifier !== 'optional' || !CURSOR_NAME.test(item)) continue
    const key = codec.storagePrefix(pallet, item)
    const value = state.get(key)
    const isOfMigrations = isMigrationsPallet(codec, pallet)
    if (value === null || (!isOfMigrations && before.get(key) !== null)) continue
    const decoded = codec.decodeValue(pallet, item, value)
    const cursor = decoded.kind === 'value' ? decoded.value : null
    cursors.push({ item: `${pallet}.${item}`, text: cursorText(cursor), isStuck: isStuck(cursor) })
  }
  return cursors
}

function isStuck(cursor: ChainValue): boolean {
  if (cursor === 'Stuck') return true
  return typeof cursor === 'object' && cursor !== null && 'Stuck' in cursor
}

function cursorText(cursor: ChainValue): string {
  const text = JSON.stringify(cursor)
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`
}
