/** A node on loopback for tests: serves a state with proofs, and blocks. It can be told to lie. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import { binaryToHex, bytesToBinary, bytesToHex, hexToBinary } from '../base/bytes.ts'
import type { Block } from '../chain/block.ts'
import { type Header, hashHeader } from '../chain/header.ts'
import { CHILD_MARK, CHILD_ROOT_PREFIX, type StorageKey } from '../state/stateView.ts'
import type { StoreEntry } from '../state/store/store.ts'
import { NodeTrie, type NodeWant } from '../state/trie/nodeTrie.ts'
import { decodeNode, type ProofNode } from '../state/trie/proofNode.ts'
import type { StateVersion } from '../state/trie/trieNode.ts'
import { writeTrieNodes } from '../state/trie/trieNodes.ts'

type Params = readonly unknown[]

export interface LiveNodeServerOptions {
  /** State of the block that `header` is of; roots of child tries are added. */
  readonly entries: Iterable<StoreEntry>
  readonly header: Header
  readonly genesisHash?: string
  readonly blocks?: readonly Block[]
  readonly versionOf?: (key: StorageKey) => StateVersion
  /** Answers in place of the honest ones, by method; `pass` gives the honest one. */
  readonly instead?: Readonly<Record<string, (params: Params, pass: () => unknown) => unknown>>
  /** Told of the methods of each HTTP request. */
  readonly onRequest?: (methods: readonly string[]) => void
  readonly delayMs?: number
  /** Handles a whole response instead of answering; true when it did. */
  readonly respond?: (response: ServerResponse, request: number) => boolean
}

interface Trie {
  readonly root: StorageKey
  readonly keys: readonly StorageKey[]
}

export class LiveNodeServer {
  readonly url: string
  #requests = 0
  readonly #server: Server
  readonly #options: LiveNodeServerOptions
  readonly #nodes = new Map<StorageKey, Uint8Array>()
  readonly #main: Trie
  readonly #children = new Map<StorageKey, Trie>()
  readonly #blocks = new Map<string, Block>()

  private constructor(server: Server, options: LiveNodeServerOptions) {
    this.#server = server
    this.#options = options
    this.url = `http://127.0.0.1:${portOf(server)}`
    this.#main = this.#buildTries(options)
    for (const block of options.blocks ?? []) this.#blocks.set(bytesToHex(hashHeader(block.header)), block)
    server.on('request', (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part) => parts.push(part))
      request.on('end', () => this.#respond(Buffer.concat(parts).toString(), response))
    })
  }

  static async start(options: LiveNodeServerOptions): Promise<LiveNodeServer> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new LiveNodeServer(server, options)
  }

  /** Root of the state that it serves, 32 bytes. */
  get stateRoot(): Uint8Array {
    return Uint8Array.from(Buffer.from(this.#main.root, 'latin1'))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #buildTries({ entries, versionOf = () => 1 }: LiveNodeServerOptions): Trie {
    const tries = new Map<StorageKey, Map<StorageKey, Uint8Array>>([['', new Map()]])
    for (const [key, value] of entries) {
      const end = key.startsWith(CHILD_MARK) ? key.indexOf(CHILD_MARK, 1) : -1
      const name = end === -1 ? '' : CHILD_ROOT_PREFIX + key.slice(1, end)
      const trie = tries.get(name) ?? new Map<StorageKey, Uint8Array>()
      trie.set(key.slice(end + 1), value)
      tries.set(name, trie)
    }
    const main = tries.get('') ?? new Map<StorageKey, Uint8Array>()
    for (const [name, trie] of tries) {
      if (name === '') continue
      const built = this.#write(trie, versionOf)
      this.#children.set(name, built)
      main.set(name, Uint8Array.from(Buffer.from(built.root, 'latin1')))
    }
    return this.#write(main, versionOf)
  }

  #write(trie: ReadonlyMap<StorageKey, Uint8Array>, versionOf: (key: StorageKey) => StateVersion): Trie {
    const sorted = [...trie].sort(([a], [b]) => (a < b ? -1 : 1))
    const versioned = sorted.map(([key, value]) => [key, value, versionOf(key)] as const)
    const root = writeTrieNodes(versioned, (hash, bytes) => this.#nodes.set(hash, bytes))
    return { root: bytesToBinary(root ?? new Uint8Array()), keys: sorted.map(([key]) => key) }
  }

  #respond(body: string, response: ServerResponse): void {
    const asked = JSON.parse(body)
    const calls: { id: number; method: string; params: Params }[] = Array.isArray(asked) ? asked : [asked]
    this.#requests++
    this.#options.onRequest?.(calls.map(({ method }) => method))
    if (this.#options.respond?.(response, this.#requests) === true) return
    const answers = calls.map((call) => this.#answer(call))
    const text = JSON.stringify(Array.isArray(asked) ? answers : answers[0])
    setTimeout(() => response.end(text), this.#options.delayMs ?? 0)
  }

  #answer({ id, method, params }: { id: number; method: string; params: Params }): unknown {
    const honest = () => this.#honest(method, params)
    try {
      const other = this.#options.instead?.[method]
      return { jsonrpc: '2.0', id, result: other === undefined ? honest() : other(params, honest) }
    } catch (error) {
      return { jsonrpc: '2.0', id, error: { code: -32_000, message: String(error) } }
    }
  }

  #honest(method: string, params: Params): unknown {
    const { header } = this.#options
    const hash = bytesToHex(hashHeader(header))
    const [first, second, third] = params
    switch (method) {
      case 'chain_getBlockHash':
        return this.#hashOf(Number(first))
      case 'chain_getFinalizedHead':
        return [...this.#blocks.keys()].at(-1) ?? hash
      case 'chain_getHeader':
        return first === hash
          ? headerJson(header)
          : (blockJson(this.#blocks.get(String(first)))?.header ?? null)
      case 'chain_getBlock': {
        const block = blockJson(this.#blocks.get(String(first)))
        return block === null ? null : { block }
      }
      case 'state_getKeysPaged':
        return pageOf(this.#main, third, Number(second))
      case 'childstate_getKeysPaged':
        return pageOf(this.#childTrie(first), params[3], Number(third))
      case 'state_getReadProof':
        return { at: second, proof: this.#prove(this.#main, first) }
      case 'state_getChildReadProof':
        return { at: third, proof: this.#prove(this.#childTrie(first), second) }
      default:
        throw new Error(`no method ${method}`)
    }
  }

  #hashOf(number: number): string | null {
    const { header, genesisHash } = this.#options
    if (number === header.number) return bytesToHex(hashHeader(header))
    if (number === 0) return genesisHash ?? null
    for (const [hash, block] of this.#blocks) if (block.header.number === number) return hash
    return null
  }

  #childTrie(name: unknown): Trie {
    const trie = this.#children.get(hexToBinary(String(name)))
    if (trie === undefined) throw new Error('no such child trie')
    return trie
  }

  #prove(trie: Trie, keys: unknown): readonly string[] {
    if (!Array.isArray(keys)) throw new Error('no list of keys')
    const used = new Set<Uint8Array>()
    const read = ({ hash }: NodeWant): Uint8Array => {
      const bytes = this.#nodes.get(hash)
      if (bytes === undefined) throw new Error('a node is missing')
      used.add(bytes)
      return bytes
    }
    const walker = new NodeTrie(trie.root, { node: (want) => decoded(read(want)), value: read })
    for (const key of keys) walker.get(hexToBinary(String(key)))
    return [...used].map(bytesToHex)
  }
}

function decoded(bytes: Uint8Array): ProofNode {
  const node = decodeNode(bytes)
  if (node === null) throw new Error('no node')
  return node
}

function pageOf({ keys }: Trie, after: unknown, count: number): readonly string[] {
  const start = typeof after === 'string' ? hexToBinary(after) : ''
  const from = keys.findIndex((key) => key > start)
  return from === -1 ? [] : keys.slice(from, from + count).map(binaryToHex)
}

function headerJson(header: Header) {
  return {
    parentHash: bytesToHex(header.parentHash),
    number: `0x${header.number.toString(16)}`,
    stateRoot: bytesToHex(header.stateRoot),
    extrinsicsRoot: bytesToHex(header.extrinsicsRoot),
    digest: { logs: header.digest.map(bytesToHex) },
  }
}

function blockJson(block: Block | undefined) {
  if (block === undefined) return null
  return { header: headerJson(block.header), extrinsics: block.extrinsics.map(bytesToHex) }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
