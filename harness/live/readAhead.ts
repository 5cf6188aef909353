import type { StorageKey } from '../state/stateView.ts'
import type { NodeMiss } from '../state/store/nodes/mailbox.ts'

/** Keys to prove in one request: the missed one, and what is likely to be asked for next. */
export interface ReadAhead {
  readonly keys: readonly StorageKey[]
  /** Keys after this one are to be listed and proved besides; null when none are. */
  readonly page: { readonly after: StorageKey; readonly count: number } | null
}

const PALLET_BYTES = 16
const ITEM_BYTES = 32
const FIRST_NEIGHBORS = 32
const MAX_NEIGHBORS = 1000
const GROWTH = 4
const MAX_ANSWER_BYTES = 4_000_000
/** Values under names that FRAME does not hash. */
const WELL_KNOWN: readonly StorageKey[] = [':code', ':heappages', ':extrinsic_index', ':grandpa_authorities']

/**
 * Decides what to fetch with a missing key. Values without a map stand together by pallet, so a pallet's first miss asks for the
 * nodes under all 256 next bytes, which brings its small values. The first miss of a map asks for a page from the map's
 * start on: a small map comes whole, with those after it. Later misses in the same map ask for neighbors, each time more.
 */
export class ReadAheadPlan {
  readonly #seenAreas = new Set<string>()
  readonly #neighbors = new Map<string, number>()
  #pageKeys = MAX_NEIGHBORS / 2

  plan({ key, childKey, reason }: NodeMiss): ReadAhead {
    if (key.startsWith(':') && childKey === null) return { keys: WELL_KNOWN.concat(key), page: null }
    const isPlain = childKey === null && key.length <= ITEM_BYTES && reason === 'value'
    const area = childKey !== null ? '' : key.slice(0, isPlain ? PALLET_BYTES : ITEM_BYTES)
    const name = `${childKey === null ? 'main' : `child ${childKey}`} ${isPlain ? 'values' : 'map'} ${area}`
    if (!this.#seenAreas.has(name)) {
      this.#seenAreas.add(name)
      if (isPlain) return { keys: [key, ...nextBytes(area)], page: null }
      return { keys: [key], page: { after: area, count: this.#pageKeys } }
    }
    const count = Math.min(this.#neighbors.get(name) ?? FIRST_NEIGHBORS, this.#pageKeys)
    this.#neighbors.set(name, Math.min(count * GROWTH, MAX_NEIGHBORS))
    return { keys: [key], page: { after: key, count } }
  }

  /** Pages shrink where values are large and grow where they are small. */
  received(sizeBytes: number): void {
    if (sizeBytes > MAX_ANSWER_BYTES) this.#pageKeys = Math.max(FIRST_NEIGHBORS, this.#pageKeys >> 2)
    else this.#pageKeys = Math.min(MAX_NEIGHBORS, this.#pageKeys * 2)
  }
}

function nextBytes(prefix: StorageKey): StorageKey[] {
  return Array.from({ length: 256 }, (_, byte) => prefix + String.fromCharCode(byte))
}
