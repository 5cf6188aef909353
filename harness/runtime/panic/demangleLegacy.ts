import { readSymbolSuffix } from './symbolSuffix.ts'

const PREFIX = /^_{0,2}ZN/
const HASH = /^h[0-9a-f]{16}$/
const IS_ASCII = /^[\x20-\x7e]*$/
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['SP', '@'],
  ['BP', '*'],
  ['RF', '&'],
  ['LT', '<'],
  ['GT', '>'],
  ['LP', '('],
  ['RP', ')'],
  ['C', ','],
])

/**
 * Rust's legacy mangling: `_ZN`, length-prefixed path elements, `E`; the last element is a hash and is dropped. Null when
 * the symbol is something else.
 *
 * @see https://doc.rust-lang.org/rustc/symbol-mangling/index.html
 */
export function demangleLegacy(symbol: string): string | null {
  const prefix = PREFIX.exec(symbol)?.[0]
  if (prefix === undefined || !IS_ASCII.test(symbol)) return null
  const elements: string[] = []
  let offset = prefix.length
  while (symbol[offset] !== 'E') {
    const digits = /^[1-9]\d{0,5}/.exec(symbol.slice(offset, offset + 6))?.[0]
    if (digits === undefined) return null
    const start = offset + digits.length
    offset = start + Number(digits)
    if (offset > symbol.length) return null
    elements.push(symbol.slice(start, offset))
  }
  const suffix = readSymbolSuffix(symbol.slice(offset + 1))
  if (suffix === null || elements.length === 0) return null
  if (elements.length > 1 && HASH.test(elements.at(-1) ?? '')) elements.pop()
  return elements.map(unescapeElement).join('::') + suffix
}

const LINKED = /^(.+)::h[0-9a-f]{16}$/s

/**
 * A legacy symbol that the linker took apart without knowing Rust, as wasm-ld before LLVM 13 did in name sections:
 * `_$LT$T$u20$as$u20$core..fmt..Debug$GT$::fmt::h0123456789abcdef`. Null when there is no such hash at its end.
 */
export function demangleLinked(symbol: string): string | null {
  const path = LINKED.exec(symbol)?.[1]
  return path === undefined ? null : path.split('::').map(unescapeElement).join('::')
}

/** `$LT$` and its like, `$u7b$` for code points, `..` for `::`. From an escape that is none on, the text stays. */
function unescapeElement(element: string): string {
  let rest = element.startsWith('_$') ? element.slice(1) : element
  let text = ''
  while (rest !== '') {
    const plain = /^[^$.]+/.exec(rest)?.[0] ?? ''
    text += plain
    rest = rest.slice(plain.length)
    if (rest.startsWith('..')) {
      text += '::'
      rest = rest.slice(2)
    } else if (rest.startsWith('.')) {
      text += '.'
      rest = rest.slice(1)
    } else if (rest !== '') {
      const name = /^\$([A-Za-z0-9]+)\$/.exec(rest)?.[1]
      const character = name === undefined ? null : unescapeName(name)
      if (name === undefined || character === null) return text + rest
      text += character
      rest = rest.slice(name.length + 2)
    }
  }
  return text
}

function unescapeName(name: string): string | null {
  const known = ESCAPES.get(name)
  if (known !== undefined) return known
  const code = Number.parseInt(/^u([0-9a-f]{1,6})$/.exec(name)?.[1] ?? '', 16)
  const isShown = code >= 0x20 && code !== 0x7f && (code < 0x80 || code > 0x9f)
  return isShown && code <= 0x10_ffff ? String.fromCodePoint(code) : null
}
