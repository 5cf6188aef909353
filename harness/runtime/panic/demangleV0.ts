import { readSymbolSuffix } from './symbolSuffix.ts'
import { V0Parser, V0SyntaxError } from './v0Parser.ts'
import { V0Printer } from './v0Printer.ts'

/**
 * Rust's v0 mangling (RFC 2603), without hashes and without the types of constants. Null for anything that is not v0, or
 * uses a production that is not known here, or would be absurdly deep or long.
 *
 * @see https://rust-lang.github.io/rfcs/2603-rust-symbol-name-mangling-v0.html
 */
export function demangleV0(symbol: string): string | null {
  const mangled = /^_{0,2}R([A-Z][\x21-\x7e]*)$/.exec(symbol)?.[1]
  if (mangled === undefined) return null
  const parser = new V0Parser(mangled)
  const printer = new V0Printer(parser)
  try {
    printer.path(true)
    // The crate that instantiated a generic function says nothing of the function.
    if (/[A-Z]/.test(parser.peek())) printer.silently(() => printer.path(false))
  } catch (error) {
    if (error instanceof V0SyntaxError) return null
    throw error
  }
  const suffix = readSymbolSuffix(parser.rest())
  return suffix === null ? null : printer.text + suffix
}
