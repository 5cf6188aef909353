import { setTimeout as delay } from 'node:timers/promises'
import { DrydockError, errorMessage } from '../../base/errors.ts'

export interface JsonRpcOptions {
  /** http(s), or ws(s), which is asked by http(s) at the same address, as nodes serve both. */
  readonly url: string
  readonly signal: AbortSignal
  /** For one request. Default 60,000. */
  readonly timeoutMs?: number
  /** Of one response. Default 64 MiB. */
  readonly maxBytes?: number
  /** How often a request is made again after a failure that may pass. Default 5. */
  readonly retries?: number
  /** Before the first repetition; doubles with each. Default 500. */
  readonly backoffMs?: number
}

const DEFAULT_TIMEOUT_MS = 60_000
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024
const DEFAULT_RETRIES = 5
const DEFAULT_BACKOFF_MS = 500
/** What a node answers when it will do better later or with less asked. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/** A failure that the same request may not meet again. */
class PassingFailure extends Error {}

/**
 * A node's JSON-RPC, which is not trusted: every request has a deadline, every response a size, redirects are refused, and no
 * key of the address (user, password, query) is shown. Results are `unknown`: who asks checks the shape.
 */
export class JsonRpc {
  readonly #options: Required<JsonRpcOptions>
  /** The address without what may be secret. */
  readonly label: string
  readonly #headers: Readonly<Record<string, string>>
  #nextId = 1

  /** Throws `RPC_ADDRESS` for what is not an address of a node. */
  constructor(options: JsonRpcOptions) {
    const url = parseAddress(options.url)
    this.label = `${url.protocol}//${url.host}`
    this.#headers = { 'content-type': 'application/json', ...authorization(url) }
    url.username = ''
    url.password = ''
    this.#options = {
      timeoutMs: DEFAULT_TIMEOUT_MS,
      maxBytes: DEFAULT_MAX_BYTES,
      retries: DEFAULT_RETRIES,
      backoffMs: DEFAULT_BACKOFF_MS,
      ...options,
      url: url.href,
    }
  }

  /** The result of a call. Throws `RPC_UNREACHABLE` when the node does not answer, `RPC_REFUSED` when it answers with an error. */
  call(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.#persist(method, async () => {
      const id = this.#nextId++
      const text = await this.#post(method, { jsonrpc: '2.0', id, method, params })
      return this.#result(method, id, parseAnswer(text))
    })
  }

  /**
   * The results of several calls of one method, in one request; in the order of `calls`, whatever the order of the answers.
   * Errors as `call`, and `RPC_REFUSED` when the node takes no batches or one of the calls fails.
   */
  callMany(method: string, calls: readonly (readonly unknown[])[]): Promise<readonly unknown[]> {
    return this.#persist(method, async () => {
      const first = this.#nextId
      this.#nextId += calls.length
      const batch = calls.map((params, i) => ({ jsonrpc: '2.0', id: first + i, method, params }))
      const answers = parseAnswer(await this.#post(method, batch))
      if (!Array.isArray(answers) || answers.length !== calls.length) {
        throw this.#refused(method, 'a response to another number of calls')
      }
      const byId = new Map<unknown, unknown>(answers.map((answer) => [idOf(answer), answer]))
      return calls.map((_, i) => this.#result(method, first + i, byId.get(first + i)))
    })
  }

  async #persist<T>(method: string, once: () => Promise<T>): Promise<T> {
    const { retries, backoffMs, signal } = this.#options
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted()
      try {
        return await once()
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof PassingFailure)) throw error
        if (attempt === retries) throw this.#unreachable(method, error)
        await delay(backoffMs * 2 ** attempt, undefined, { signal })
      }
    }
  }

  async #post(method: string, request: unknown): Promise<string> {
    const { url, timeoutMs, signal } = this.#options
    const response = await fetch(url, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify(request),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    }).catch((error: unknown) => {
      throw new PassingFailure(causeText(error))
    })
    if (PASSING_STATUS.has(response.status)) {
      await response.body?.cancel()
      throw new PassingFailure(`HTTP status ${response.status}`)
    }
    if (!response.ok) throw this.#refused(method, `HTTP status ${response.status}`)
    return this.#read(response, method)
  }

  async #read(response: Response, method: string): Promise<string> {
    const { maxBytes } = this.#options
    const chunks: Uint8Array[] = []
    let size = 0
    const reader = response.body?.getReader()
    for (;;) {
      const read = await reader?.read().catch((error: unknown) => {
        throw new PassingFailure(causeText(error))
      })
      if (read === undefined || read.done) break
      size += read.value.length
      if (size > maxBytes) {
        await reader?.cancel()
        throw this.#refused(method, `a response of more than ${maxBytes} bytes`)
      }
      chunks.push(read.value)
    }
    return Buffer.concat(chunks).toString('utf8')
  }

  #result(method: string, id: number, answer: unknown): unknown {
    if (typeof answer !== 'object' || answer === null || !('id' in answer) || answer.id !== id) {
      throw this.#refused(method, 'a response to something else')
    }
    if ('error' in answer && answer.error !== null && answer.error !== undefined) {
      const { error } = answer
      const message = typeof error === 'object' && 'message' in error ? String(error.message) : String(error)
      throw this.#refused(method, message.slice(0, 300))
    }
    return 'result' in answer ? answer.result : null
  }

  #refused(method: string, why: string): DrydockError {
    return new DrydockError(`${this.label} answered ${method} with ${why}`, {
      code: 'RPC_REFUSED',
      kind: 'environment',
      hints: ['Try another endpoint of the same chain; an archive node keeps the state of old blocks.'],
      details: { endpoint: this.label, method },
    })
  }

  #unreachable(method: string, cause: Error): DrydockError {
    return new DrydockError(
      `${this.label} did not answer ${method} after ${this.#options.retries + 1} attempts: ${cause.message}`,
      {
        code: 'RPC_UNREACHABLE',
        kind: 'environment',
        hints: ['Check the address and the network, or try another endpoint of the same chain.'],
        details: { endpoint: this.label, method },
      },
    )
  }
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new PassingFailure('a response that is no JSON')
  }
}

function idOf(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : null
}

/** True for what is meant as an address and not as a file. */
export function isEndpoint(text: string): boolean {
  return /^(?:https?|wss?):\/\//i.test(text)
}

function parseAddress(text: string): URL {
  const url = isEndpoint(text) && URL.canParse(text) ? new URL(text.replace(/^ws/i, 'http')) : null
  if (url !== null) return url
  throw new DrydockError('the endpoint is not an address of a node', {
    code: 'RPC_ADDRESS',
    kind: 'usage',
    hints: ['Give it as https://HOST[:PORT][/PATH], or wss://….'],
  })
}

/** `fetch` takes no user and password in an address. */
function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function causeText(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return errorMessage(cause).slice(0, 300)
}
