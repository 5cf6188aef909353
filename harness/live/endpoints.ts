import { DrydockError, errorMessage } from '../base/errors.ts'
import type { Logger } from '../base/ports.ts'
import type { Header } from '../chain/header.ts'
import { ChainRpc } from './chainRpc.ts'

export interface EndpointsOptions {
  /** At least one; all of one chain. They may hold keys, so they are never shown. */
  readonly urls: readonly string[]
  /** What block 0 must hash to, 0x-hex; null: the first answer counts. */
  readonly genesisHash: string | null
  readonly signal: AbortSignal
  readonly logger: Logger
  /** For one request. Default 20,000. */
  readonly timeoutMs?: number
  /** How often a request is made again at one endpoint. Default 2. */
  readonly retries?: number
  readonly backoffMs?: number
  /** Of one response. Default 64 MiB. */
  readonly maxBytes?: number
}

/** The block of a live chain whose state is used. */
export interface LiveBlock {
  readonly genesisHash: string
  readonly hash: string
  readonly header: Header
  /** It is final, as the endpoint says: its number will stand for it forever. */
  readonly isFinal: boolean
}

/** A block to look for: the last final one, a height, or a hash. */
export type BlockChoice = 'finalized' | number | string

const DEFAULT_TIMEOUT_MS = 20_000
const DEFAULT_RETRIES = 2

/**
 * Several endpoints of one chain. Each is asked for block 0 and the wanted block before it is used and left out when it has
 * another chain or is behind; a failure later is met by asking the next.
 */
export class Endpoints {
  readonly #options: EndpointsOptions
  readonly #urls: ReadonlyMap<ChainRpc, string>
  #live: readonly ChainRpc[]

  constructor(options: EndpointsOptions) {
    const { urls, signal, timeoutMs = DEFAULT_TIMEOUT_MS, retries = DEFAULT_RETRIES } = options
    const { backoffMs, maxBytes } = options
    this.#options = options
    const rest = {
      ...(backoffMs === undefined ? {} : { backoffMs }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    }
    this.#urls = new Map(urls.map((url) => [new ChainRpc({ url, signal, timeoutMs, retries, ...rest }), url]))
    this.#live = [...this.#urls.keys()]
  }

  /** Addresses of the endpoints that are in use. */
  get urls(): readonly string[] {
    return this.#live.map((rpc) => this.#urls.get(rpc) ?? '')
  }

  /**
   * Finds the block and leaves out the endpoints that do not have it. Throws `LIVE_NO_ENDPOINT` when none is left, with what
   * each said, and `LIVE_DISAGREE` when they have different blocks at that height.
   */
  async choose(choice: BlockChoice): Promise<LiveBlock> {
    const failures: string[] = []
    const found: { readonly rpc: ChainRpc; readonly block: LiveBlock }[] = []
    let wanted = choice
    let genesisHash = this.#options.genesisHash
    for (const rpc of this.#live) {
      try {
        const block = await look(rpc, wanted, genesisHash)
        genesisHash = block.genesisHash
        // The others have to have the block that the first one chose.
        if (wanted === 'finalized') wanted = block.hash
        found.push({ rpc, block })
      } catch (error) {
        this.#options.signal.throwIfAborted()
        failures.push(errorMessage(error))
        this.#options.logger.log('warn', `left out: ${errorMessage(error)}`)
      }
    }
    const first = found[0]
    if (first === undefined) throw noEndpoint(failures)
    const other = found.find(({ block }) => block.hash !== first.block.hash)
    if (other !== undefined) throw disagree(first, other)
    this.#live = found.map(({ rpc }) => rpc)
    return { ...first.block, isFinal: found.every(({ block }) => block.isFinal) }
  }

  /** The answer of the first endpoint that has one; it is asked first the next time. Throws what the last one met. */
  async ask<T>(question: (rpc: ChainRpc) => Promise<T>): Promise<T> {
    const { signal, logger } = this.#options
    let failure: DrydockError | null = null
    for (const rpc of [...this.#live]) {
      if (failure !== null) logger.log('warn', failure.message)
      try {
        return await question(rpc)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof DrydockError) || error.kind !== 'environment') throw error
        failure = error
        this.#live = [...this.#live.filter((one) => one !== rpc), rpc]
      }
    }
    throw failure ?? noEndpoint([])
  }
}

async function look(rpc: ChainRpc, choice: BlockChoice, genesisHash: string | null): Promise<LiveBlock> {
  const numbers = typeof choice === 'number' ? [0, choice] : [0]
  const [genesis = null, atHeight = null] = await rpc.hashesOf(numbers)
  if (genesis === null) throw lacks(rpc, 'block 0')
  if (genesisHash !== null && genesis !== genesisHash) throw otherChain(rpc, genesis, genesisHash)
  const finalized = await rpc.finalizedHash()
  const hash = choice === 'finalized' ? finalized : typeof choice === 'number' ? atHeight : choice
  if (hash === null) throw lacks(rpc, `block ${choice}`)
  const header = await rpc.header(hash)
  if (header === null) throw lacks(rpc, `the header of block ${hash}`)
  const isFinal = hash === finalized || (await isBelow(rpc, header, finalized))
  return { genesisHash: genesis, hash, header, isFinal }
}

async function isBelow(rpc: ChainRpc, header: Header, finalized: string): Promise<boolean> {
  const last = await rpc.header(finalized)
  return last !== null && header.number <= last.number
}

function lacks(rpc: ChainRpc, what: string): DrydockError {
  return new DrydockError(`${rpc.label} does not have ${what}`, {
    code: 'LIVE_BEHIND',
    kind: 'environment',
    hints: ['The endpoint is behind, or keeps no old blocks: try another one.'],
    details: { endpoint: rpc.label },
  })
}

function otherChain(rpc: ChainRpc, genesisHash: string, expected: string): DrydockError {
  return new DrydockError(
    `${rpc.label} is of another chain: its block 0 is ${genesisHash}, not ${expected}`,
    {
      code: 'RPC_OTHER_CHAIN',
      kind: 'environment',
      hints: ['Check the endpoint.'],
      details: { endpoint: rpc.label, genesisHash, expected },
    },
  )
}

function noEndpoint(failures: readonly string[]): DrydockError {
  const said = failures.length === 0 ? '' : `: ${failures.join('; ')}`
  return new DrydockError(`No endpoint can be used${said}`, {
    code: 'LIVE_NO_ENDPOINT',
    kind: 'environment',
    hints: ['Check the address and the network, or give another endpoint of the chain.'],
  })
}

function disagree(
  first: { readonly rpc: ChainRpc; readonly block: LiveBlock },
  other: { readonly rpc: ChainRpc; readonly block: LiveBlock },
): DrydockError {
  const { number } = first.block.header
  return new DrydockError(
    `${first.rpc.label} and ${other.rpc.label} have different blocks at height ${number}: ${first.block.hash} and ${other.block.hash}`,
    {
      code: 'LIVE_DISAGREE',
      kind: 'environment',
      hints: ['Give the block by its hash, or leave one endpoint out.'],
    },
  )
}
