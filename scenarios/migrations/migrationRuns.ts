import { isSameValue } from '../../harness/chain/compareChanges.ts'
import { migrationMarks } from '../../harness/chain/migrationMarks.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import type { SequenceBlock } from '../rehearsal/blockSequence.ts'
import { markMeaning, storageVersion } from './markMeaning.ts'

/** A note that a migration leaves when it has run: its name under `HasMigrationRun`, or the storage version that it sets. */
export interface MigrationNote {
  readonly key: StorageKey
  readonly pallet: string
  /** The migration's name, or `storage version 2`. */
  readonly name: string
  readonly kind: 'migrationRun' | 'storageVersion'
  /** Numbers of the blocks that wrote it with this value, once for each time. */
  readonly blocks: readonly number[]
  /** The state did not have it like that before the first of them. */
  readonly isNew: boolean
}

/** What the blocks' hooks noted of migrations, in order of the first time. */
export function migrationNotes(
  blocks: readonly SequenceBlock[],
  newer: ChainCodec,
  older: ChainCodec,
): readonly MigrationNote[] {
  const prefixes = migrationMarks(newer, older)
  const notes = new Map<string, MigrationNote & { readonly blocks: number[] }>()
  for (const block of blocks) {
    for (const { key, value, isNew } of notesOf(block, prefixes)) {
      const meaning = markMeaning(key, newer, older)
      if (meaning.kind !== 'migrationRun' && meaning.kind !== 'storageVersion') continue
      const { kind, pallet } = meaning
      const name = kind === 'migrationRun' ? meaning.name : `storage version ${storageVersion(value) ?? '?'}`
      const id = `${key}=${Buffer.from(value).toString('latin1')}`
      const known = notes.get(id)
      if (known !== undefined) known.blocks.push(block.number)
      else notes.set(id, { key, pallet, name, kind, blocks: [block.number], isNew })
    }
  }
  return [...notes.values()]
}

interface Note {
  readonly key: StorageKey
  readonly value: Uint8Array
  readonly isNew: boolean
}

/** By marks where the executor recorded them, which tell how often a call wrote; else by what it changed. */
function notesOf({ result }: SequenceBlock, prefixes: readonly StorageKey[]): readonly Note[] {
  return result.phases.flatMap(({ name, outcome, state, kept }) => {
    if (outcome.kind !== 'ok' || !kept || name.kind === 'extrinsic') return []
    const writes = outcome.marks ?? [...outcome.changes].map(([key, value]) => ({ key, value }))
    return writes.flatMap(({ key, value }): Note[] => {
      if (value === null || !prefixes.some((prefix) => key.startsWith(prefix))) return []
      return [{ key, value, isNew: !isSameValue(state.get(key), value) }]
    })
  })
}
