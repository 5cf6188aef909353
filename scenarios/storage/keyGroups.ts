import type { StorageKey } from '../../harness/state/stateView.ts'

/** Keys of one item. */
export interface KeyGroup {
  /** A name, or the hash of one as 0x-hex. */
  readonly pallet: string
  readonly item: string
  readonly count: number
  /** Of keys and values. */
  readonly bytes: number
  /** Keys among them that came with the upgrade. */
  readonly added: number
  readonly samples: readonly StorageKey[]
}

const SAMPLES = 3

/** Counts keys by item. */
export class KeyGroups {
  readonly #groups = new Map<string, KeyGroup>()

  add(
    { pallet, item }: Pick<KeyGroup, 'pallet' | 'item'>,
    { key, value, isNew }: { readonly key: StorageKey; readonly value: Uint8Array; readonly isNew: boolean },
  ): void {
    const name = `${pallet}.${item}`
    const known = this.#groups.get(name) ?? { pallet, item, count: 0, bytes: 0, added: 0, samples: [] }
    this.#groups.set(name, {
      ...known,
      count: known.count + 1,
      bytes: known.bytes + key.length + value.length,
      added: known.added + (isNew ? 1 : 0),
      samples: known.samples.length < SAMPLES ? [...known.samples, key] : known.samples,
    })
  }

  /** Most keys first. */
  all(): readonly KeyGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count || (a.item < b.item ? -1 : 1))
  }
}
