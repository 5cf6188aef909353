import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { binaryToHex, bytesToHex, hexToBinary } from '../../../harness/base/bytes.ts'
import type { Header } from '../../../harness/chain/header.ts'
import { CHILD_ROOT_PREFIX, childPrefix } from '../../../harness/state/stateView.ts'
import type { Store } from '../../../harness/state/store/store.ts'

type Params = readonly unknown[]

export interface TestNodeOptions {
  readonly store: Store
  readonly header: Header
  readonly blockHash: string
  /** Answers in place of the honest ones, by method; `pass` asks for the honest one. */
  readonly instead?: Readonly<Record<string, (params: Params, pass: () => unknown) => unknown>>
  /** Status codes of the first responses. */
  readonly statuses?: number[]
}

/** A node on loopback that serves one block of a chain over HTTP. For tests of what asks nodes. */
export class TestNode {
  readonly url: string
  readonly calls: string[] = []
  readonly #server: Server

  private constructor(server: Server, options: TestNodeOptions) {
    this.#server = server
    const { port } = addressOf(server)
    this.url = `http://127.0.0.1:${port}`
    server.on('request', (request, response) => {
      const status = options.statuses?.shift() ?? 200
      let body = ''
      request.on('data', (chunk) => {
        body += String(chunk)
      })
      request.on('end', () => {
        response.statusCode = status
        response.setHeader('location', 'http://127.0.0.1:9/')
        response.end(status === 200 ? this.#answer(body, options) : '')
      })
    })
  }

  static async start(options: TestNodeOptions): Promise<TestNode> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new TestNode(server, options)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(body: string, options: TestNodeOptions): string {
    const { id, method, params } = JSON.parse(body)
    this.calls.push(method)
    const honest = () => honestAnswer(options, method, params)
    try {
      const other = options.instead?.[method]
      const result = other === undefined ? honest() : other(params, honest)
      return JSON.stringify({ jsonrpc: '2.0', id, result })
    } catch (error) {
      return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_000, message: String(error) } })
    }
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address
}

function honestAnswer(
  { store, header, blockHash }: TestNodeOptions,
  method: string,
  params: Params,
): unknown {
  const [first, second, third, fourth] = params
  switch (method) {
    case 'chain_getBlockHash':
    case 'chain_getFinalizedHead':
      return blockHash
    case 'chain_getHeader':
      return {
        parentHash: bytesToHex(header.parentHash),
        number: `0x${header.number.toString(16)}`,
        stateRoot: bytesToHex(header.stateRoot),
        extrinsicsRoot: bytesToHex(header.extrinsicsRoot),
        digest: { logs: header.digest.map(bytesToHex) },
      }
    case 'system_chain':
      return 'Test'
    case 'state_getKeysPaged':
      return pageOf(store, { base: '', prefix: first, count: second, after: third })
    case 'childstate_getKeysPaged':
      return pageOf(store, { base: childBase(first), prefix: second, count: third, after: fourth })
    case 'state_queryStorageAt':
      return [{ block: second, changes: listOf(first).map((key) => [key, storedValue(store, '', key)]) }]
    case 'childstate_getStorageEntries':
      return listOf(second).map((key) => storedValue(store, childBase(first), key))
    default:
      throw new Error(`no method ${method}`)
  }
}

function listOf(keys: unknown): readonly string[] {
  if (!Array.isArray(keys)) throw new Error('no list of keys')
  return keys.map(String)
}

function childBase(child: unknown): string {
  return childPrefix(hexToBinary(String(child)).slice(CHILD_ROOT_PREFIX.length))
}

function storedValue(store: Store, base: string, key: string): string | null {
  const value = store.get(base + hexToBinary(key))
  return value === null ? null : bytesToHex(value)
}

interface Page {
  readonly base: string
  readonly prefix: unknown
  readonly count: unknown
  readonly after: unknown
}

function pageOf(store: Store, { base, prefix, count, after }: Page): readonly string[] {
  const start = base + hexToBinary(String(prefix))
  const keys: string[] = []
  let key = typeof after === 'string' ? base + hexToBinary(after) : start
  if (typeof after !== 'string' && store.get(start) !== null) keys.push(binaryToHex(start.slice(base.length)))
  for (;;) {
    const next = store.nextKey(key)
    if (next === null || !next.startsWith(start) || keys.length >= Number(count)) return keys
    keys.push(binaryToHex(next.slice(base.length)))
    key = next
  }
}
