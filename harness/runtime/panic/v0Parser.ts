/** The symbol is not a v0 symbol, or goes past a limit. Never leaves this folder. */
export class V0SyntaxError extends Error {}

/** More steps than any real symbol takes; bounds what back references may cost. */
const MAX_STEPS = 20_000

/** The terminals of RFC 2603. Every method throws `V0SyntaxError` on text that is something else. */
export class V0Parser {
  readonly #text: string
  #offset = 0
  #steps = 0

  constructor(text: string) {
    this.#text = text
  }

  get offset(): number {
    return this.#offset
  }

  /** The next character, or '' at the end. */
  peek(): string {
    return this.#text.charAt(this.#offset)
  }

  rest(): string {
    return this.#text.slice(this.#offset)
  }

  next(): string {
    if (++this.#steps > MAX_STEPS) throw new V0SyntaxError('too many steps')
    const character = this.peek()
    if (character === '') throw new V0SyntaxError('symbol ends early')
    this.#offset++
    return character
  }

  eat(character: string): boolean {
    if (this.peek() !== character) return false
    this.next()
    return true
  }

  /** `_` is 0, `0_` is 1, and so on; inexact past 2^53, where only hashes are. */
  base62(): number {
    const match = /^([0-9a-zA-Z]{0,11})_/.exec(this.#text.slice(this.#offset, this.#offset + 12))
    if (match === null) throw new V0SyntaxError('no base-62 number')
    this.#offset += match[0].length
    const digits = match[1] ?? ''
    if (digits === '') return 0
    return [...digits].reduce((value, digit) => value * 62 + digitOf(digit), 0) + 1
  }

  /** 0 without the tag, else one more than the number after it. */
  optionalBase62(tag: string): number {
    return this.eat(tag) ? this.base62() + 1 : 0
  }

  /** Skips the disambiguator; what tells two closures apart is returned. */
  disambiguator(): number {
    return this.optionalBase62('s')
  }

  /** Unicode names stay in their Punycode, marked as such. */
  identifier(): string {
    const isPunycode = this.eat('u')
    const digits = /^(?:0|[1-9]\d{0,4})/.exec(this.#text.slice(this.#offset, this.#offset + 5))?.[0]
    if (digits === undefined) throw new V0SyntaxError('no identifier')
    this.#offset += digits.length
    this.eat('_')
    const start = this.#offset
    this.#offset += Number(digits)
    if (this.#offset > this.#text.length) throw new V0SyntaxError('identifier is cut off')
    const name = this.#text.slice(start, this.#offset)
    return isPunycode ? `punycode{${name}}` : name
  }

  /** Hex digits up to `_`. */
  hex(): string {
    const match = /^([0-9a-f]{0,64})_/.exec(this.#text.slice(this.#offset, this.#offset + 65))
    if (match === null) throw new V0SyntaxError('no hex number')
    this.#offset += match[0].length
    return match[1] ?? ''
  }

  /** Runs `action` where a back reference points to, then comes back. To be called right after the `B`. */
  atBackReference(action: () => void): void {
    const tag = this.#offset - 1
    const target = this.base62()
    if (target >= tag) throw new V0SyntaxError('back reference points ahead')
    const resume = this.#offset
    this.#offset = target
    action()
    this.#offset = resume
  }
}

function digitOf(digit: string): number {
  const code = digit.charCodeAt(0)
  if (code < 58) return code - 48
  return code >= 97 ? code - 87 : code - 29
}
