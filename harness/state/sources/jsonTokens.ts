/**
 * JSON as a stream of tokens over bytes, for files larger than memory or than a V8 string. Only the tokens are checked
 * here; that they stand in the right order is for the reader.
 *
 * `scan` answers from what is in memory, so that a hot loop awaits nothing; when it returns false, `fill` brings more.
 */
import { DrydockError } from '../../base/errors.ts'
import type { ByteSource, ReadOptions } from './byteSource.ts'

/** Kinds of token: the byte of the punctuation, and `string` (content without quotes), `literal`, `end` of the file. */
export const TOKEN = {
  objectStart: 0x7b,
  objectEnd: 0x7d,
  arrayStart: 0x5b,
  arrayEnd: 0x5d,
  colon: 0x3a,
  comma: 0x2c,
  string: 0x22,
  literal: 1,
  end: 0,
} as const

const QUOTE = 0x22
const BACKSLASH = 0x5c
const PUNCTUATION: ReadonlySet<number> = new Set([0x7b, 0x7d, 0x5b, 0x5d, 0x3a, 0x2c])
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
const FIRST_BUFFER_BYTES = 4 * 1024 * 1024

/** Longest token; a runtime of 128 MiB in hex. */
const MAX_TOKEN_BYTES = 256 * 1024 * 1024

export class JsonTokens {
  /** Kind of the current token. */
  kind: number = TOKEN.end
  /** The current token is `bytes[start, end)`; valid until `fill`. */
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES)
  start = 0
  end = 0
  /** The current string has escapes: only `text` decodes it. */
  hasEscapes = false

  readonly #source: ByteSource
  readonly #options: ReadOptions
  readonly #name: string
  #filled = 0
  #position = 0
  #bytesBefore = 0
  #nextBackslash = -1
  #isSourceEnded = false

  /** `name` names the file in errors. */
  constructor(name: string, source: ByteSource, options: ReadOptions) {
    this.#name = name
    this.#source = source
    this.#options = options
  }

  /** Where the current token starts in the (unzipped) file. */
  get offset(): number {
    return this.#bytesBefore + this.start
  }

  /** The next token, whatever it takes. */
  async next(): Promise<number> {
    while (!this.scan()) await this.fill()
    return this.kind
  }

  /** Makes the next token current; false when it is not whole in memory. Throws `JSON_TRUNCATED`. */
  scan(): boolean {
    const bytes = this.bytes
    let at = this.#position
    while (at < this.#filled && isSpace(bytes[at] ?? 0)) at++
    this.#position = at
    this.start = at
    this.end = at
    if (at === this.#filled) return this.#scanEnd()
    const first = bytes[at] ?? 0
    if (first === QUOTE) return this.#scanString(at + 1)
    if (!PUNCTUATION.has(first)) return this.#scanLiteral(at)
    this.kind = first
    this.#position = at + 1
    this.end = at + 1
    return true
  }

  /** Reads on, keeping the token that is not whole. Throws what the source throws, and `JSON_TOKEN_TOO_LONG`. */
  async fill(): Promise<void> {
    const unread = this.#filled - this.#position
    if (unread > MAX_TOKEN_BYTES) throw this.#tooLong()
    const room = unread * 2 > this.bytes.length ? Buffer.allocUnsafe(this.bytes.length * 2) : this.bytes
    this.bytes.copy(room, 0, this.#position, this.#filled)
    this.bytes = room
    this.#bytesBefore += this.#position
    this.#position = 0
    this.#filled = unread
    this.#options.signal?.throwIfAborted()
    const got = await this.#source.read(room, unread)
    this.#options.onProgress?.(this.#source.progress)
    if (this.#bytesBefore + unread === 0) this.#skipByteOrderMark(got)
    this.#isSourceEnded = got === 0
    this.#filled = unread + got
    this.#nextBackslash = -1
  }

  /** The current string or literal as the value it stands for. Throws `JSON_INVALID`. */
  value(): unknown {
    const quote = this.kind === TOKEN.string ? 1 : 0
    try {
      return JSON.parse(this.bytes.toString('utf8', this.start - quote, this.end + quote))
    } catch {
      throw this.#isSourceEnded && this.#position === this.#filled
        ? this.#truncated()
        : this.invalid('a JSON value')
    }
  }

  /** The current string, decoded. */
  text(): string {
    return this.hasEscapes ? String(this.value()) : this.bytes.toString('utf8', this.start, this.end)
  }

  /** What the current token is, for messages. */
  describe(): string {
    if (this.kind === TOKEN.end) return 'the end of the file'
    if (this.kind === TOKEN.objectStart) return 'an object'
    if (this.kind === TOKEN.arrayStart) return 'an array'
    const text = this.bytes.toString('utf8', this.start, Math.min(this.end, this.start + 40))
    const shown = this.end - this.start > 40 ? `${text}…` : text
    return this.kind === TOKEN.string ? JSON.stringify(shown) : JSON.stringify(shown).slice(1, -1)
  }

  /** The error for the current token where `wanted` had to be. */
  invalid(wanted: string): DrydockError {
    if (this.kind === TOKEN.end) return this.#truncated()
    return new DrydockError(
      `${this.#name}, byte ${this.offset}: ${this.describe()} stands where ${wanted} has to.`,
      {
        code: 'JSON_INVALID',
        kind: 'usage',
        hints: [
          'From there on the file is not what a chain spec has to be; was it edited, or is it another kind of file?',
        ],
        details: { path: this.#name, offset: this.offset },
      },
    )
  }

  #scanString(from: number): boolean {
    const quote = this.#indexOf(QUOTE, from)
    if (this.#nextBackslash < from) this.#nextBackslash = this.#indexOf(BACKSLASH, from)
    this.hasEscapes = this.#nextBackslash < quote
    const end = this.hasEscapes ? this.#endOfEscaped(this.#nextBackslash) : quote
    if (end >= this.#filled) return this.#needsMore()
    this.kind = TOKEN.string
    this.start = from
    this.end = end
    this.#position = end + 1
    return true
  }

  #endOfEscaped(from: number): number {
    let at = from
    while (at < this.#filled && this.bytes[at] !== QUOTE) at += this.bytes[at] === BACKSLASH ? 2 : 1
    return at
  }

  #scanLiteral(from: number): boolean {
    let at = from
    while (at < this.#filled && isLiteralByte(this.bytes[at] ?? 0)) at++
    if (at === this.#filled && !this.#isSourceEnded) return false
    this.kind = TOKEN.literal
    this.end = Math.max(at, from + 1)
    this.#position = this.end
    if (at === from) throw this.invalid('a JSON value')
    return true
  }

  #scanEnd(): boolean {
    this.kind = TOKEN.end
    return this.#isSourceEnded
  }

  #needsMore(): false {
    if (this.#isSourceEnded) throw this.#truncated()
    return false
  }

  #indexOf(byte: number, from: number): number {
    const found = this.bytes.indexOf(byte, from)
    return found < 0 || found > this.#filled ? this.#filled : found
  }

  #skipByteOrderMark(got: number): void {
    if (got >= 3 && BYTE_ORDER_MARK.every((byte, i) => this.bytes[i] === byte)) this.#position = 3
  }

  #truncated(): DrydockError {
    const total = this.#bytesBefore + this.#filled
    return new DrydockError(`${this.#name} ends after ${total} bytes, in the middle of its JSON.`, {
      code: 'JSON_TRUNCATED',
      kind: 'environment',
      hints: ['The file was cut: get it again.'],
      details: { path: this.#name, sizeBytes: total },
    })
  }

  #tooLong(): DrydockError {
    return new DrydockError(
      `${this.#name}, byte ${this.offset}: a single value is longer than ${MAX_TOKEN_BYTES} bytes.`,
      {
        code: 'JSON_TOKEN_TOO_LONG',
        kind: 'usage',
        details: { path: this.#name, offset: this.offset, limitBytes: MAX_TOKEN_BYTES },
      },
    )
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isLiteralByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x45
  )
}
