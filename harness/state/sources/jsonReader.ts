import { bytesToBinary } from '../../base/bytes.ts'
import { DrydockError } from '../../base/errors.ts'
import type { StorageKey } from '../stateView.ts'
import { type JsonTokens, TOKEN } from './jsonTokens.ts'

const MAX_DEPTH = 200
const MAX_VALUE_BYTES = 4 * 1024 * 1024
const NOT_HEX = 0xff
const ZERO = 0x30
const SMALL_X = 0x78

/** Value of each ASCII hex digit, `NOT_HEX` for every other byte. */
const NIBBLES = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase())
  return value < 0 ? NOT_HEX : value
})

/** What may stand next in an object of hex pairs. */
type PairState = 'keyOrEnd' | 'key' | 'colon' | 'value' | 'commaOrEnd'

/** Reads JSON values in order from a token stream. Every method leaves the stream after what it read. */
export class JsonReader {
  readonly #tokens: JsonTokens
  readonly #name: string
  #scratch = new Uint8Array(64 * 1024)

  /** `name` names the file in errors. */
  constructor(name: string, tokens: JsonTokens) {
    this.#name = name
    this.#tokens = tokens
  }

  /**
   * Reads an object and calls `onField` with each field's name; it has to read the field's value. A field that comes twice
   * throws `JSON_DUPLICATE_FIELD`. `path` is where the object stands, empty for the whole file. `null` is an empty object.
   */
  async object(path: string, onField: (field: string) => Promise<void>): Promise<void> {
    const tokens = this.#tokens
    const first = await tokens.next()
    if (first === TOKEN.literal && tokens.value() === null) return
    if (first !== TOKEN.objectStart)
      throw tokens.invalid(path === '' ? 'the object of a chain spec' : `the object ${path}`)
    const seen = new Set<string>()
    let kind = await tokens.next()
    while (kind !== TOKEN.objectEnd) {
      if (kind !== TOKEN.string) throw tokens.invalid('the name of a field')
      const field = tokens.text()
      if (seen.has(field)) throw this.#duplicate(path, field)
      seen.add(field)
      await this.#expect(TOKEN.colon, '":"')
      await onField(field)
      kind = await this.#afterItem(TOKEN.objectEnd)
    }
  }

  /**
   * Reads an object whose names and values are hex with `0x`. `onPair` must not keep the value: its bytes are used again.
   * PERF: no promise and no object per pair; about 150 MB of JSON a second.
   */
  async hexPairs(path: string, onPair: (key: StorageKey, value: Uint8Array) => void): Promise<void> {
    const tokens = this.#tokens
    await this.#expect(TOKEN.objectStart, `the object ${path}`)
    let state: PairState = 'keyOrEnd'
    let key: StorageKey = ''
    for (;;) {
      if (!tokens.scan()) {
        await tokens.fill()
        continue
      }
      if (state === 'value') {
        onPair(key, this.#hex(path))
        state = 'commaOrEnd'
      } else if (state === 'colon') {
        if (tokens.kind !== TOKEN.colon) throw tokens.invalid('":"')
        state = 'value'
      } else if (tokens.kind === TOKEN.objectEnd && state !== 'key') {
        return
      } else if (state === 'commaOrEnd') {
        if (tokens.kind !== TOKEN.comma) throw tokens.invalid('"," or "}"')
        state = 'key'
      } else {
        key = bytesToBinary(this.#hex(path))
        state = 'colon'
      }
    }
  }

  /** Reads a hex string, with `0x` or without, into bytes that are used again by the next reading. */
  async hex(path: string): Promise<Uint8Array> {
    await this.#tokens.next()
    return this.#hex(path)
  }

  /** Reads any value of moderate size. Throws `JSON_INVALID`, also past 4 MiB or 200 levels. */
  async value(): Promise<unknown> {
    await this.#tokens.next()
    return await this.#value(0, this.#tokens.offset + MAX_VALUE_BYTES)
  }

  /** Passes over any value without keeping it; of its inside only the brackets are checked. */
  async skip(): Promise<void> {
    const tokens = this.#tokens
    const closers: number[] = []
    do {
      const kind = await tokens.next()
      if (kind === TOKEN.objectStart || kind === TOKEN.arrayStart) {
        if (closers.length === MAX_DEPTH) throw tokens.invalid(`a value of at most ${MAX_DEPTH} levels`)
        closers.push(kind + 2)
      } else if (kind === TOKEN.objectEnd || kind === TOKEN.arrayEnd) {
        if (closers.pop() !== kind) throw tokens.invalid('the bracket that closes the last open one')
      } else if (
        kind === TOKEN.end ||
        (closers.length === 0 && (kind === TOKEN.colon || kind === TOKEN.comma))
      ) {
        throw tokens.invalid('a JSON value')
      }
    } while (closers.length > 0)
  }

  /** Makes sure that nothing follows. */
  async end(): Promise<void> {
    await this.#expect(TOKEN.end, 'the end of the file')
  }

  async #expect(kind: number, wanted: string): Promise<void> {
    if ((await this.#tokens.next()) !== kind) throw this.#tokens.invalid(wanted)
  }

  /** After an item: the first token of the next one, or `close`. */
  async #afterItem(close: number): Promise<number> {
    const tokens = this.#tokens
    const kind = await tokens.next()
    if (kind === close) return kind
    if (kind !== TOKEN.comma) throw tokens.invalid(`"," or "${String.fromCharCode(close)}"`)
    const next = await tokens.next()
    if (next === close) throw tokens.invalid('another item')
    return next
  }

  async #value(depth: number, endOffset: number): Promise<unknown> {
    const tokens = this.#tokens
    const { kind } = tokens
    if (depth > MAX_DEPTH || tokens.offset > endOffset) throw tokens.invalid('a value of moderate size')
    if (kind === TOKEN.string || kind === TOKEN.literal) return tokens.value()
    if (kind === TOKEN.arrayStart) {
      const items: unknown[] = []
      let next = await tokens.next()
      while (next !== TOKEN.arrayEnd) {
        items.push(await this.#value(depth + 1, endOffset))
        next = await this.#afterItem(TOKEN.arrayEnd)
      }
      return items
    }
    if (kind !== TOKEN.objectStart) throw tokens.invalid('a JSON value')
    const fields: [string, unknown][] = []
    let next = await tokens.next()
    while (next !== TOKEN.objectEnd) {
      if (next !== TOKEN.string) throw tokens.invalid('the name of a field')
      const name = tokens.text()
      await this.#expect(TOKEN.colon, '":"')
      await tokens.next()
      fields.push([name, await this.#value(depth + 1, endOffset)])
      next = await this.#afterItem(TOKEN.objectEnd)
    }
    return Object.fromEntries(fields)
  }

  /** The current string token as bytes in the scratch room. */
  #hex(path: string): Uint8Array {
    const tokens = this.#tokens
    if (tokens.kind !== TOKEN.string) throw tokens.invalid(`a hex string in ${path}`)
    if (tokens.hasEscapes) {
      const text = Buffer.from(tokens.text(), 'utf8')
      return this.#decodeHex(text, 0, text.length) ?? this.#failHex(path)
    }
    return this.#decodeHex(tokens.bytes, tokens.start, tokens.end) ?? this.#failHex(path)
  }

  #decodeHex(text: Buffer, start: number, end: number): Uint8Array | null {
    // Nodes read hex with and without 0x, and some specs have both.
    const first = text[start] === ZERO && text[start + 1] === SMALL_X ? start + 2 : start
    const length = (end - first) / 2
    if (end === start || !Number.isInteger(length)) return null
    if (length > this.#scratch.length) this.#scratch = new Uint8Array(length * 2)
    const into = this.#scratch
    let bad = 0
    for (let i = 0, at = first; i < length; i++, at += 2) {
      const high = NIBBLES[text[at] ?? 0] ?? NOT_HEX
      const low = NIBBLES[text[at + 1] ?? 0] ?? NOT_HEX
      bad |= high | low
      into[i] = (high << 4) | low
    }
    return bad > 0xf ? null : into.subarray(0, length)
  }

  #failHex(path: string): never {
    const tokens = this.#tokens
    throw new DrydockError(
      `${this.#name}, byte ${tokens.offset}: ${tokens.describe()} in ${path} is not hex.`,
      {
        code: 'JSON_NOT_HEX',
        kind: 'usage',
        hints: ['Storage keys, values and code are an even number of hex digits, mostly after 0x.'],
        details: { path: this.#name, offset: tokens.offset },
      },
    )
  }

  #duplicate(path: string, field: string): DrydockError {
    const { offset } = this.#tokens
    const where = path === '' ? 'the file' : path
    return new DrydockError(
      `${this.#name}, byte ${offset}: ${where} has the field ${JSON.stringify(field)} twice.`,
      {
        code: 'JSON_DUPLICATE_FIELD',
        kind: 'usage',
        hints: ['Remove one of them: which one counts is not defined.'],
        details: { path: this.#name, offset, field },
      },
    )
  }
}
