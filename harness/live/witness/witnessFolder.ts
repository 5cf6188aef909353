import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { bytesToBinary, isEqualBytes } from '../../base/bytes.ts'
import { DrydockError, errorMessage } from '../../base/errors.ts'
import { blake2_256 } from '../../base/hash.ts'
import type { Block } from '../../chain/block.ts'
import { type Header, hashHeader } from '../../chain/header.ts'
import type { NodeCache } from '../../state/store/nodes/nodeCache.ts'
import { decodeWitness, encodeWitness, largeNodeName, type Witness } from './witnessFile.ts'

/** Larger nodes, which is the code, are written once for all blocks. */
const LARGE_BYTES = 64 * 1024
/** Far above what a block reads. */
const MAX_FILE_BYTES = 256 * 1024 * 1024
const WITNESS_NAME = /^block-\d{10}\.witness$/

/** A block to write, with every node and hashed value that it reads. */
export interface RecordedBlock {
  readonly genesisHash: Uint8Array
  readonly parent: Header
  readonly block: Block
  readonly nodes: Iterable<Uint8Array>
}

/** Writes a witness into the folder, which is made when it is missing. Throws `WITNESS_UNWRITABLE`. */
export function writeWitness(folder: string, recorded: RecordedBlock): string {
  const { genesisHash, parent, block } = recorded
  const nodes: Uint8Array[] = []
  const largeNodes: Uint8Array[] = []
  const path = join(folder, `block-${String(block.header.number).padStart(10, '0')}.witness`)
  try {
    mkdirSync(folder, { recursive: true })
    for (const node of recorded.nodes) {
      if (node.length < LARGE_BYTES) nodes.push(node)
      else largeNodes.push(writeLargeNode(folder, node))
    }
    writeWhole(path, encodeWitness({ genesisHash, parent, block, nodes, largeNodes }))
  } catch (cause) {
    throw unwritable(folder, cause)
  }
  return path
}

function writeLargeNode(folder: string, node: Uint8Array): Uint8Array {
  const hash = blake2_256(node)
  const path = join(folder, largeNodeName(hash))
  if (!existsSync(path)) writeWhole(path, node)
  return hash
}

/** The file appears when it is whole. */
function writeWhole(path: string, bytes: Uint8Array): void {
  writeFileSync(`${path}.part`, bytes)
  renameSync(`${path}.part`, path)
}

/** True for a folder that has a witness. */
export function isWitnessFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory() && readdirSync(path).some((name) => WITNESS_NAME.test(name))
  } catch {
    return false
  }
}

/** Blocks that follow one another, out of a folder. */
export interface WitnessedBlocks {
  readonly genesisHash: Uint8Array
  /** Of the block before the first. */
  readonly parent: Header
  readonly blocks: readonly Block[]
}

/**
 * Reads the witnesses of a folder and puts their nodes into `cache`. Throws `WITNESS_CORRUPT`, `WITNESS_VERSION`,
 * `WITNESS_UNREADABLE`, and `WITNESS_GAP` when the blocks do not follow one another.
 */
export async function readWitnesses(folder: string, cache: NodeCache): Promise<WitnessedBlocks> {
  const blocks: Block[] = []
  let first: Witness | null = null
  let previous: Header | null = null
  for (const name of listWitnesses(folder)) {
    const path = join(folder, name)
    const witness = decodeWitness(readBounded(path), path)
    if (previous !== null && !isEqualBytes(hashHeader(previous), witness.block.header.parentHash)) {
      throw gap(witness.block.header.number)
    }
    if (!isEqualBytes(hashHeader(witness.parent), witness.block.header.parentHash)) {
      throw gap(witness.block.header.number)
    }
    for (const node of witness.nodes) cache.put(node)
    for (const hash of witness.largeNodes) putLargeNode(folder, hash, cache)
    previous = witness.block.header
    blocks.push(witness.block)
    first ??= witness
  }
  await cache.flush()
  cache.refresh()
  if (first === null) throw gap(0)
  return { genesisHash: first.genesisHash, parent: first.parent, blocks }
}

function putLargeNode(folder: string, hash: Uint8Array, cache: NodeCache): void {
  if (cache.has(bytesToBinary(hash))) return
  const path = join(folder, largeNodeName(hash))
  const node = readBounded(path)
  if (isEqualBytes(blake2_256(node), hash)) cache.put(node)
  else throw damaged(path)
}

function listWitnesses(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => WITNESS_NAME.test(name))
      .sort()
  } catch (cause) {
    throw unreadable(folder, errorMessage(cause), cause)
  }
}

function readBounded(path: string): Uint8Array {
  try {
    const { size } = statSync(path)
    if (size > MAX_FILE_BYTES) throw new RangeError(`${size} bytes; ${MAX_FILE_BYTES} is the most`)
    return new Uint8Array(readFileSync(path))
  } catch (cause) {
    throw unreadable(path, errorMessage(cause), cause)
  }
}

function damaged(path: string): DrydockError {
  return new DrydockError(`${path} has other bytes than its name says.`, {
    code: 'WITNESS_CORRUPT',
    kind: 'environment',
    hints: ['Copy the folder again, or take the witnesses again.'],
    details: { path },
  })
}

function unreadable(path: string, why: string, cause: unknown): DrydockError {
  return new DrydockError(`The witness ${path} cannot be read: ${why}`, {
    code: 'WITNESS_UNREADABLE',
    kind: 'environment',
    hints: ['A folder of witnesses has block-….witness files and the .node files that they share.'],
    details: { path },
    cause,
  })
}

function unwritable(path: string, cause: unknown): DrydockError {
  return new DrydockError(`Witnesses cannot be written to ${path}: ${errorMessage(cause)}`, {
    code: 'WITNESS_UNWRITABLE',
    kind: 'environment',
    hints: ['Check that the folder may be written and that the disk has room.'],
    details: { path },
    cause,
  })
}

function gap(number: number): DrydockError {
  return new DrydockError(`Block ${number} of the witnesses does not follow the one before it.`, {
    code: 'WITNESS_GAP',
    kind: 'usage',
    hints: ['Keep the witnesses of one range of one chain in a folder of their own.'],
    details: { number },
  })
}
