/**
 * One block with exactly the state that executing it reads, as a file that can be passed on.
 *
 * Layout of version 1, numbers as SCALE compacts, byte strings with their length before them:
 * ```
 * 8   magic `DRYDOCKW`
 * 1   version, 1
 * 32  hash of the chain's block 0
 * ..  header of the parent, SCALE; its state root is what the nodes are checked against
 * ..  header of the block, SCALE, with its seal
 * ..  body: Vec<Extrinsic>, each with its length
 * ..  number of nodes, then each: an encoded trie node or a hashed value
 * ..  number of large ones, then the hash of each: they stand in files of their own, `<hash>.node`, shared by the blocks
 * 32  BLAKE2b-256 of all that comes before
 * ```
 * Nothing in it has to be believed: nodes are known by their hash from the parent's state root on, and the block's own state
 * root proves the result. What has to be known from elsewhere is that a header is of the chain.
 */
import { bytesToHex, concatBytes, isEqualBytes, utf8ToBytes } from '../../base/bytes.ts'
import { DrydockError } from '../../base/errors.ts'
import { blake2_256 } from '../../base/hash.ts'
import { type Block, decodeExtrinsics, encodeExtrinsics } from '../../chain/block.ts'
import { decodeHeader, encodeHeader, type Header } from '../../chain/header.ts'
import { decodeBytes, decodeCompact, encodeBytes, encodeCompact } from '../../codec/scale.ts'

export interface Witness {
  /** 32 bytes. */
  readonly genesisHash: Uint8Array
  readonly parent: Header
  readonly block: Block
  readonly nodes: readonly Uint8Array[]
  /** Hashes of nodes that stand in files of their own. */
  readonly largeNodes: readonly Uint8Array[]
}

const MAGIC = utf8ToBytes('DRYDOCKW')
const VERSION = 1
const HASH_BYTES = 32

/** The file's bytes. */
export function encodeWitness({ genesisHash, parent, block, nodes, largeNodes }: Witness): Uint8Array {
  const content = concatBytes(
    MAGIC,
    new Uint8Array([VERSION]),
    genesisHash,
    encodeBytes(encodeHeader(parent)),
    encodeBytes(encodeHeader(block.header)),
    encodeBytes(encodeExtrinsics(block.extrinsics)),
    encodeCompact(nodes.length),
    ...nodes.map(encodeBytes),
    encodeCompact(largeNodes.length),
    ...largeNodes,
  )
  return concatBytes(content, blake2_256(content))
}

/** Throws `WITNESS_CORRUPT` when a byte was changed, cut or added, and `WITNESS_VERSION` for one of another version. */
export function decodeWitness(bytes: Uint8Array, path: string): Witness {
  const content = bytes.subarray(0, Math.max(0, bytes.length - HASH_BYTES))
  if (!isEqualBytes(content.subarray(0, MAGIC.length), MAGIC)) throw corrupt(path, 'it does not start as one')
  const version = content[MAGIC.length]
  if (version !== VERSION) throw otherVersion(path, version)
  if (!isEqualBytes(blake2_256(content), bytes.subarray(content.length))) {
    throw corrupt(path, 'its checksum is that of other bytes')
  }
  const witness = readContent(new Reader(content, MAGIC.length + 1))
  if (witness === null) throw corrupt(path, 'its content is malformed')
  return witness
}

function readContent(reader: Reader): Witness | null {
  const genesisHash = reader.take(HASH_BYTES)
  const parent = decodeHeader(reader.bytes())
  const header = decodeHeader(reader.bytes())
  const extrinsics = decodeExtrinsics(reader.bytes())
  const nodes = reader.list(() => reader.bytes())
  const largeNodes = reader.list(() => reader.take(HASH_BYTES))
  if (parent === null || header === null || extrinsics === null || !reader.isAtEnd) return null
  return { genesisHash, parent, block: { header, extrinsics }, nodes, largeNodes }
}

/** Reads on past what is malformed, and then is not at the end. */
class Reader {
  readonly #bytes: Uint8Array
  #at: number
  #isMalformed = false

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes
    this.#at = start
  }

  get isAtEnd(): boolean {
    return !this.#isMalformed && this.#at === this.#bytes.length
  }

  take(count: number): Uint8Array {
    const taken = this.#bytes.slice(this.#at, this.#at + count)
    if (taken.length < count) this.#isMalformed = true
    this.#at += count
    return taken
  }

  bytes(): Uint8Array {
    const decoded = decodeBytes(this.#bytes, this.#at)
    if (decoded === null) return this.#fail()
    this.#at = decoded.end
    return decoded.value.slice()
  }

  list(item: () => Uint8Array): Uint8Array[] {
    const count = decodeCompact(this.#bytes, this.#at)
    const items: Uint8Array[] = []
    if (count === null) this.#fail()
    else this.#at = count.end
    for (let i = 0; count !== null && i < count.value && !this.#isMalformed; i++) items.push(item())
    return items
  }

  #fail(): Uint8Array {
    this.#isMalformed = true
    return new Uint8Array()
  }
}

function corrupt(path: string, why: string): DrydockError {
  return new DrydockError(`${path} is not a whole witness: ${why}.`, {
    code: 'WITNESS_CORRUPT',
    kind: 'environment',
    hints: ['Take it again with drydock replay --save-witness, or copy it again.'],
    details: { path },
  })
}

function otherVersion(path: string, version: number | undefined): DrydockError {
  return new DrydockError(`${path} is a witness of version ${version}, and version ${VERSION} can be read.`, {
    code: 'WITNESS_VERSION',
    kind: 'environment',
    hints: ['Use the version of Drydock that wrote it, or take it again.'],
    details: { path },
  })
}

/** Name of the file of a large node. */
export function largeNodeName(hash: Uint8Array): string {
  return `${bytesToHex(hash).slice(2)}.node`
}
