import type { z } from 'zod'
import { binaryToHex, bytesToHex, hexToBinary, hexToBytes } from '../base/bytes.ts'
import { DrydockError } from '../base/errors.ts'
import type { Block } from '../chain/block.ts'
import { type Header, hashHeader } from '../chain/header.ts'
import { JsonRpc, type JsonRpcOptions } from '../state/sources/jsonRpc.ts'
import { CHILD_ROOT_PREFIX, type StorageKey } from '../state/stateView.ts'
import {
  hashShape,
  hexListShape,
  nullableBlockShape,
  nullableHashShape,
  nullableHeaderShape,
  proofShape,
  toHeader,
} from './rpcShapes.ts'

/** Keys of one trie at one block. */
export interface TrieAt {
  /** 0x-hex. */
  readonly block: string
  /** Unprefixed key of the child trie; null for the main trie. */
  readonly childKey: StorageKey | null
}

/** Blocks and hashes asked for in one request. */
const BATCH = 64

/**
 * One endpoint of a chain. Each answer has its shape checked, headers are hashed and proof nodes are bytes that mean nothing
 * until their hash is asked for, so what an endpoint can do is fail. Throws `RPC_…`.
 */
export class ChainRpc {
  readonly #rpc: JsonRpc
  #takesBatches = true

  constructor(options: JsonRpcOptions) {
    this.#rpc = new JsonRpc(options)
  }

  /** The address without what may be secret. */
  get label(): string {
    return this.#rpc.label
  }

  finalizedHash(): Promise<string> {
    return this.#one('chain_getFinalizedHead', [], hashShape)
  }

  /** Of the blocks at these heights; null where the endpoint has none. */
  hashesOf(numbers: readonly number[]): Promise<readonly (string | null)[]> {
    return this.#many(
      'chain_getBlockHash',
      numbers.map((number) => [number]),
      nullableHashShape,
    )
  }

  /** The header that hashes to `hash`; null when the endpoint lacks it. Throws `RPC_HEADER` for another one. */
  async header(hash: string): Promise<Header | null> {
    const answer = await this.#one('chain_getHeader', [hash], nullableHeaderShape)
    if (answer === null) return null
    const header = toHeader(answer)
    if (bytesToHex(hashHeader(header)) !== hash) {
      throw this.#broken('RPC_HEADER', `a header that is not that of block ${hash}`)
    }
    return header
  }

  /** Blocks of these hashes, in order. Throws `RPC_NO_BLOCK`, `RPC_HEADER`. The bodies are not proved yet. */
  async blocks(hashes: readonly string[]): Promise<readonly Block[]> {
    const answers = await this.#many(
      'chain_getBlock',
      hashes.map((hash) => [hash]),
      nullableBlockShape,
    )
    return answers.map((answer, i) => {
      const hash = hashes[i] ?? ''
      if (answer === null) throw this.#broken('RPC_NO_BLOCK', `no block ${hash}`)
      const header = toHeader(answer.block.header)
      if (bytesToHex(hashHeader(header)) !== hash) {
        throw this.#broken('RPC_HEADER', `a block whose header is not that of ${hash}`)
      }
      return { header, extrinsics: answer.block.extrinsics.map(hexToBytes) }
    })
  }

  /** Trie nodes on the way to each of `keys`. */
  async proof({ block, childKey }: TrieAt, keys: readonly StorageKey[]): Promise<readonly Uint8Array[]> {
    const wanted = keys.map(binaryToHex)
    const { proof } =
      childKey === null
        ? await this.#one('state_getReadProof', [wanted, block], proofShape)
        : await this.#one('state_getChildReadProof', [childHex(childKey), wanted, block], proofShape)
    return proof.map(hexToBytes)
  }

  /** At most `count` keys above `after`, in order, as the endpoint says: not proved, so good for hints only. */
  async keysAfter(
    { block, childKey }: TrieAt,
    after: StorageKey,
    count: number,
  ): Promise<readonly StorageKey[]> {
    const page = ['0x', count, binaryToHex(after), block]
    const keys =
      childKey === null
        ? await this.#one('state_getKeysPaged', page, hexListShape)
        : await this.#one('childstate_getKeysPaged', [childHex(childKey), ...page], hexListShape)
    return keys.slice(0, count).map(hexToBinary)
  }

  async #one<T>(method: string, params: readonly unknown[], shape: z.ZodType<T>): Promise<T> {
    return this.#check(method, await this.#rpc.call(method, params), shape)
  }

  /** In batches, or one by one at an endpoint that takes none. */
  async #many<T>(method: string, calls: readonly (readonly unknown[])[], shape: z.ZodType<T>): Promise<T[]> {
    const results: T[] = []
    for (let i = 0; i < calls.length; i += BATCH) {
      const answers = await this.#batch(method, calls.slice(i, i + BATCH))
      for (const answer of answers) results.push(this.#check(method, answer, shape))
    }
    return results
  }

  async #batch(method: string, calls: readonly (readonly unknown[])[]): Promise<readonly unknown[]> {
    if (this.#takesBatches && calls.length > 1) {
      try {
        return await this.#rpc.callMany(method, calls)
      } catch (error) {
        if (!(error instanceof DrydockError) || error.code !== 'RPC_REFUSED') throw error
        this.#takesBatches = false
      }
    }
    const answers: unknown[] = []
    for (const params of calls) answers.push(await this.#rpc.call(method, params))
    return answers
  }

  #check<T>(method: string, answer: unknown, shape: z.ZodType<T>): T {
    const parsed = shape.safeParse(answer)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    const where =
      issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.').slice(0, 60)}`
    throw this.#broken('RPC_SHAPE', `an answer to ${method} of another shape than nodes give${where}`)
  }

  #broken(code: string, what: string): DrydockError {
    return new DrydockError(`${this.label} gave ${what}`, {
      code,
      kind: 'environment',
      hints: ['Try another endpoint of the same chain; old blocks need an archive node.'],
      details: { endpoint: this.label },
    })
  }
}

function childHex(childKey: StorageKey): string {
  return binaryToHex(CHILD_ROOT_PREFIX + childKey)
}
