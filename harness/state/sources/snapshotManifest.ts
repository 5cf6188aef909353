import { DrydockError } from '../../base/errors.ts'

/** What whoever takes a snapshot knows about the state. Hashes are hex with `0x`, lower case. */
export interface SnapshotFacts {
  /** Name of the network for people, such as `finney`. */
  readonly network: string
  readonly genesisHash: string
  readonly blockNumber: number
  readonly blockHash: string
  /** SCALE-encoded header of the block, hex; null when unknown. */
  readonly header: string | null
  readonly stateRoot: string
  readonly stateVersion: 0 | 1
  readonly specName: string
  readonly specVersion: number
  /** ISO 8601 time. */
  readonly createdAt: string
  readonly toolVersion: string
}

/** The manifest in a snapshot file. */
export interface SnapshotManifest extends SnapshotFacts {
  readonly keyCount: number
  /** Bytes of all values and all keys, a key with one byte more than it has (see `keyBytes`). */
  readonly stateBytes: number
}

type FieldCheck = (value: unknown) => boolean

const isText: FieldCheck = (value) => typeof value === 'string' && value.length <= 1000
const isHash: FieldCheck = (value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)
const isCount: FieldCheck = (value) => Number.isSafeInteger(value) && Number(value) >= 0

const FIELDS: Readonly<Record<keyof SnapshotManifest, FieldCheck>> = {
  network: isText,
  genesisHash: isHash,
  blockNumber: isCount,
  blockHash: isHash,
  header: (value) => value === null || (typeof value === 'string' && /^0x(?:[0-9a-f]{2})+$/.test(value)),
  stateRoot: isHash,
  stateVersion: (value) => value === 0 || value === 1,
  specName: isText,
  specVersion: isCount,
  createdAt: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  toolVersion: isText,
  keyCount: isCount,
  stateBytes: isCount,
}

/** The manifest as it stands in the file: fields in a fixed order, so that equal manifests are equal bytes. */
export function encodeManifest(manifest: SnapshotManifest): Uint8Array {
  const wrong = wrongField(manifest)
  if (wrong !== null) {
    throw new DrydockError(`A snapshot's manifest cannot have ${wrong}.`, {
      code: 'SNAPSHOT_MANIFEST',
      kind: 'bug',
      details: { wrong },
    })
  }
  return Buffer.from(JSON.stringify(manifest, Object.keys(FIELDS)), 'utf8')
}

/** The manifest, or a sentence's end that says what is wrong with it. */
export function decodeManifest(bytes: Uint8Array): SnapshotManifest | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return 'its manifest is not JSON'
  }
  if (typeof parsed !== 'object' || parsed === null) return 'its manifest is not an object'
  const wrong = wrongField(parsed)
  // SAFETY: every field of SnapshotManifest was checked by its row in FIELDS.
  return wrong === null ? (parsed as SnapshotManifest) : `its manifest has ${wrong}`
}

function wrongField(manifest: object): string | null {
  const values = new Map<string, unknown>(Object.entries(manifest))
  for (const [field, isRight] of Object.entries(FIELDS)) {
    const value = values.get(field)
    if (!isRight(value)) return `${field} = ${JSON.stringify(value)?.slice(0, 80) ?? 'nothing'}`
  }
  return null
}
