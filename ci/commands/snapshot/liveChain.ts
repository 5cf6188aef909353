import { bytesToHex, hexToBytes } from '../../../harness/base/bytes.ts'
import { DrydockError } from '../../../harness/base/errors.ts'
import { type Header, hashHeader } from '../../../harness/chain/header.ts'
import { JsonRpc, readLiveState } from '../../../harness/state/sources/index.ts'
import type { Store } from '../../../harness/state/store/store.ts'

export interface LiveChainOptions {
  readonly url: string
  /** Height; default: the last finalized block. */
  readonly blockNumber?: number
  /** What block 0 must hash to; default: not asked for. */
  readonly genesisHash?: string
  readonly signal: AbortSignal
  onProgress?(keys: number): void
  /** Before a request is made again; see `JsonRpcOptions`. */
  readonly backoffMs?: number
}

/** The state of one block as an endpoint gave it; its root is not proved yet. */
export interface LiveChain {
  readonly network: string
  readonly genesisHash: string
  readonly blockHash: string
  /** Hashes to `blockHash`. */
  readonly header: Header
  /** The caller's to close. */
  readonly store: Store
}

/**
 * Reads the state of one block of a live chain. Throws `RPC_…`; `RPC_OTHER_CHAIN` when block 0 is another; `RPC_HEADER` for a
 * header that does not hash to the block; and what `readLiveState` throws.
 */
export async function readLiveChain(options: LiveChainOptions): Promise<LiveChain> {
  const { signal, url, blockNumber, onProgress, backoffMs } = options
  const rpc = new JsonRpc({ url, signal, ...(backoffMs === undefined ? {} : { backoffMs }) })
  const genesisHash = await askHash(rpc, 'chain_getBlockHash', [0])
  if (options.genesisHash !== undefined && genesisHash !== options.genesisHash.toLowerCase()) {
    throw otherChain(rpc, genesisHash, options.genesisHash)
  }
  const blockHash =
    blockNumber === undefined
      ? await askHash(rpc, 'chain_getFinalizedHead', [])
      : await askHash(rpc, 'chain_getBlockHash', [blockNumber])
  const header = toHeader(await rpc.call('chain_getHeader', [blockHash]))
  if (header === null || bytesToHex(hashHeader(header)) !== blockHash) {
    throw broken(rpc, 'RPC_HEADER', `a header of a block other than ${blockHash}`)
  }
  const network = String(await rpc.call('system_chain', [])).slice(0, 100)
  const progress = onProgress === undefined ? {} : { onProgress }
  const store = await readLiveState({ rpc, blockHash, signal, ...progress })
  return { network, genesisHash, blockHash, header, store }
}

async function askHash(rpc: JsonRpc, method: string, params: readonly unknown[]): Promise<string> {
  const hash = await rpc.call(method, params)
  if (typeof hash === 'string' && /^0x[0-9a-f]{64}$/.test(hash)) return hash
  throw broken(rpc, 'RPC_NO_BLOCK', `no hash to ${method}(${params.join(', ')})`)
}

/** Of `chain_getHeader`; null when it is none. */
function toHeader(answer: unknown): Header | null {
  if (typeof answer !== 'object' || answer === null) return null
  const fields = new Map<string, unknown>(Object.entries(answer))
  const number = Number(fields.get('number'))
  const [parentHash, stateRoot, extrinsicsRoot] = ['parentHash', 'stateRoot', 'extrinsicsRoot'].map((name) =>
    hashBytes(fields.get(name)),
  )
  const digest = fields.get('digest')
  const logs = typeof digest === 'object' && digest !== null && 'logs' in digest ? digest.logs : null
  if (!parentHash || !stateRoot || !extrinsicsRoot || !Number.isSafeInteger(number) || !Array.isArray(logs)) {
    return null
  }
  const items = logs.filter((log) => typeof log === 'string' && /^0x(?:[0-9a-f]{2})+$/.test(log))
  if (items.length !== logs.length) return null
  return {
    parentHash,
    number,
    stateRoot,
    extrinsicsRoot,
    digest: items.map((log) => hexToBytes(String(log))),
  }
}

function hashBytes(value: unknown): Uint8Array | null {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value) ? hexToBytes(value) : null
}

function otherChain(rpc: JsonRpc, genesisHash: string, expected: string): DrydockError {
  return new DrydockError(
    `${rpc.label} belongs to a different chain: its block 0 is ${genesisHash}, not ${expected}`,
    {
      code: 'RPC_OTHER_CHAIN',
      kind: 'usage',
      hints: ['Check the endpoint, or leave --genesis out if any chain will do.'],
      details: { endpoint: rpc.label, genesisHash, expected },
    },
  )
}

function broken(rpc: JsonRpc, code: string, what: string): DrydockError {
  return new DrydockError(`${rpc.label} gave ${what}`, {
    code,
    kind: 'environment',
    hints: ['Try another endpoint of the same chain; old blocks need an archive node.'],
    details: { endpoint: rpc.label },
  })
}
