import { DrydockError } from '../../../base/errors.ts'
import type { StorageKey } from '../../stateView.ts'
import type { WaitClock } from '../waitClock.ts'

/** A node that a store lacks: hash and keys are binary strings. */
export interface NodeMiss {
  /** The block whose state it is, 0x-hex. */
  readonly block: string
  /** Unprefixed key of the child trie; null for the main trie. */
  readonly childKey: StorageKey | null
  readonly key: StorageKey
  readonly hash: StorageKey
  readonly reason: 'value' | 'next'
}

/** Words of the mailbox: who has it, bells of both sides, and how long the text is. */
const LOCK = 0
const REQUESTS = 1
const ANSWERS = 2
const LENGTH = 3
const CLOSED = 4
const TEXT_START = 64
const MAILBOX_BYTES = 256 * 1024
/** Longer than all attempts at all endpoints take; the fetcher itself answers sooner. */
const LONGEST_WAIT_MS = 15 * 60_000

export interface FetchFailure {
  readonly code: string
  readonly message: string
  readonly hints: readonly string[]
}

/** Memory through which any thread asks the fetcher for nodes, one request at a time. */
export function createMailbox(): SharedArrayBuffer {
  return new SharedArrayBuffer(MAILBOX_BYTES)
}

/**
 * The asking side. `fetch` blocks the thread until the fetcher has put the node into the cache.
 *
 * PERF: a round trip of `Atomics.wait` takes 18 us, so that what counts is the network.
 */
export class MailboxClient {
  readonly #words: Int32Array
  readonly #text: Text
  readonly #waits: WaitClock

  constructor(mailbox: SharedArrayBuffer, waits: WaitClock) {
    this.#words = new Int32Array(mailbox, 0, TEXT_START / Int32Array.BYTES_PER_ELEMENT)
    this.#text = new Text(mailbox, this.#words)
    this.#waits = waits
  }

  /** Returns when the fetcher is done with the miss. Throws what it met as `DrydockError` of kind `environment`. */
  fetch(miss: NodeMiss): void {
    this.#waits.count(() => this.#locked(() => this.#exchange(miss)))
  }

  #locked(use: () => void): void {
    const words = this.#words
    while (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) {
      if (Atomics.wait(words, LOCK, 1, LONGEST_WAIT_MS) === 'timed-out') throw noAnswer()
    }
    try {
      use()
    } finally {
      Atomics.store(words, LOCK, 0)
      Atomics.notify(words, LOCK, 1)
    }
  }

  #exchange(miss: NodeMiss): void {
    const words = this.#words
    if (Atomics.load(words, CLOSED) !== 0) throw fetcherClosed()
    this.#text.write(JSON.stringify(miss))
    const answers = Atomics.load(words, ANSWERS)
    Atomics.add(words, REQUESTS, 1)
    Atomics.notify(words, REQUESTS)
    if (Atomics.wait(words, ANSWERS, answers, LONGEST_WAIT_MS) === 'timed-out') throw noAnswer()
    const answer = this.#text.read()
    if (answer === '') return
    // SAFETY: written by `MailboxServer.answer` of the same version.
    const { code, message, hints } = JSON.parse(answer) as FetchFailure
    throw new DrydockError(message, { code, kind: 'environment', hints })
  }
}

/** The fetcher's side. */
export class MailboxServer {
  readonly #words: Int32Array
  readonly #text: Text

  constructor(mailbox: SharedArrayBuffer) {
    this.#words = new Int32Array(mailbox, 0, TEXT_START / Int32Array.BYTES_PER_ELEMENT)
    this.#text = new Text(mailbox, this.#words)
  }

  /** Answers requests forever: with a failure, or null when the nodes are in the cache. */
  async serve(answer: (miss: NodeMiss) => Promise<FetchFailure | null>): Promise<never> {
    let served = Atomics.load(this.#words, ANSWERS)
    for (;;) {
      const bell = Atomics.waitAsync(this.#words, REQUESTS, served)
      if (bell.async) await bell.value
      if (Atomics.load(this.#words, REQUESTS) === served) continue
      served++
      // SAFETY: written by `MailboxClient`.
      const miss = JSON.parse(this.#text.read()) as NodeMiss
      const failure = await answer(miss)
      this.#text.write(failure === null ? '' : JSON.stringify(failure))
      Atomics.add(this.#words, ANSWERS, 1)
      Atomics.notify(this.#words, ANSWERS)
    }
  }
}

/** Requests made from now on fail at once, and so does one under way. */
export function closeMailbox(mailbox: SharedArrayBuffer): void {
  const words = new Int32Array(mailbox, 0, TEXT_START / Int32Array.BYTES_PER_ELEMENT)
  Atomics.store(words, CLOSED, 1)
  if (Atomics.load(words, REQUESTS) === Atomics.load(words, ANSWERS)) return
  const { code, message, hints } = fetcherClosed()
  new Text(mailbox, words).write(JSON.stringify({ code, message, hints }))
  Atomics.add(words, ANSWERS, 1)
  Atomics.notify(words, ANSWERS)
}

/** The text of the one message that is under way. */
class Text {
  readonly #words: Int32Array
  readonly #bytes: Buffer

  constructor(mailbox: SharedArrayBuffer, words: Int32Array) {
    this.#words = words
    this.#bytes = Buffer.from(mailbox, TEXT_START)
  }

  write(text: string): void {
    const bytes = Buffer.from(text, 'utf8')
    if (bytes.length > this.#bytes.length) throw tooLong(bytes.length, this.#bytes.length)
    bytes.copy(this.#bytes)
    Atomics.store(this.#words, LENGTH, bytes.length)
  }

  read(): string {
    return this.#bytes.toString('utf8', 0, Atomics.load(this.#words, LENGTH))
  }
}

function tooLong(length: number, limit: number): DrydockError {
  return new DrydockError(`A storage key takes ${length} bytes to ask for; ${limit} is the most.`, {
    code: 'LIVE_KEY_TOO_LONG',
    kind: 'environment',
    hints: ['No chain that we know has keys of that size: is the runtime sound?'],
  })
}

function fetcherClosed(): DrydockError {
  return new DrydockError('The connection to the live chain was closed.', {
    code: 'LIVE_CLOSED',
    kind: 'environment',
    hints: ['The command was stopped; start it again: what was fetched is kept.'],
  })
}

function noAnswer(): DrydockError {
  return new DrydockError(`The fetcher gave no answer within ${LONGEST_WAIT_MS / 60_000} minutes.`, {
    code: 'LIVE_NO_ANSWER',
    kind: 'environment',
    hints: ['Try again, or another endpoint: what was fetched is kept.'],
  })
}
