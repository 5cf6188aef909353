import { type V0Parser, V0SyntaxError } from './v0Parser.ts'

const BASIC_TYPES: ReadonlyMap<string, string> = new Map([
  ['a', 'i8'],
  ['b', 'bool'],
  ['c', 'char'],
  ['d', 'f64'],
  ['e', 'str'],
  ['f', 'f32'],
  ['h', 'u8'],
  ['i', 'isize'],
  ['j', 'usize'],
  ['l', 'i32'],
  ['m', 'u32'],
  ['n', 'i128'],
  ['o', 'u128'],
  ['p', '_'],
  ['s', 'i16'],
  ['t', 'u16'],
  ['u', '()'],
  ['v', '...'],
  ['x', 'i64'],
  ['y', 'u64'],
  ['z', '!'],
])

const MAX_DEPTH = 200
const MAX_LENGTH = 20_000

/** The productions of RFC 2603, printed while they are parsed. Methods throw `V0SyntaxError`. */
export class V0Printer {
  readonly #parser: V0Parser
  #text = ''
  #silent = 0
  #depth = 0
  #boundLifetimes = 0

  constructor(parser: V0Parser) {
    this.#parser = parser
  }

  get text(): string {
    return this.#text
  }

  /** Parses without printing. */
  silently(action: () => void): void {
    this.#silent++
    action()
    this.#silent--
  }

  /** A path; in a value path generic arguments are written `::<…>`. */
  path(isValue: boolean): void {
    this.#nested(() => {
      const tag = this.#parser.next()
      if (tag === 'C') this.#crate()
      else if (tag === 'N') this.#nestedPath(isValue)
      else if (tag === 'M' || tag === 'X') {
        this.silently(() => this.#implPath())
        this.#qualified(tag === 'X')
      } else if (tag === 'Y') this.#qualified(true)
      else if (tag === 'I') {
        this.path(isValue)
        this.#print(isValue ? '::<' : '<')
        this.#list('E', ', ', () => this.#genericArgument())
        this.#print('>')
      } else if (tag === 'B') this.#parser.atBackReference(() => this.path(isValue))
      else throw new V0SyntaxError(`unknown path ${tag}`)
    })
  }

  #crate(): void {
    this.#parser.disambiguator()
    this.#print(this.#parser.identifier())
  }

  #implPath(): void {
    this.#parser.disambiguator()
    this.path(false)
  }

  #qualified(hasTrait: boolean): void {
    this.#print('<')
    this.#type()
    if (hasTrait) {
      this.#print(' as ')
      this.path(false)
    }
    this.#print('>')
  }

  #nestedPath(isValue: boolean): void {
    const namespace = this.#parser.next()
    if (!/[A-Za-z]/.test(namespace)) throw new V0SyntaxError(`unknown namespace ${namespace}`)
    this.path(isValue)
    const number = this.#parser.disambiguator()
    const name = this.#parser.identifier()
    if (/[a-z]/.test(namespace)) {
      if (name !== '') this.#print(`::${name}`)
      return
    }
    const kind = namespace === 'C' ? 'closure' : namespace === 'S' ? 'shim' : namespace
    this.#print(`::{${kind}${name === '' ? '' : `:${name}`}#${number}}`)
  }

  #genericArgument(): void {
    if (this.#parser.eat('L')) this.#lifetime(this.#parser.base62())
    else if (this.#parser.eat('K')) this.#constant()
    else this.#type()
  }

  #type(): void {
    this.#nested(() => {
      const tag = this.#parser.peek()
      const basic = BASIC_TYPES.get(tag)
      if (/[CNMXYI]/.test(tag)) return this.path(false)
      this.#parser.next()
      if (basic !== undefined) this.#print(basic)
      else if (tag === 'R' || tag === 'Q') this.#reference(tag === 'Q')
      else if (tag === 'P' || tag === 'O') {
        this.#print(tag === 'P' ? '*const ' : '*mut ')
        this.#type()
      } else if (tag === 'S' || tag === 'A') this.#sequence(tag === 'A')
      else if (tag === 'T') this.#tuple()
      else if (tag === 'F') this.#inBinder(() => this.#functionPointer())
      else if (tag === 'D') this.#traitObject()
      else if (tag === 'B') this.#parser.atBackReference(() => this.#type())
      else throw new V0SyntaxError(`unknown type ${tag}`)
    })
  }

  #reference(isMutable: boolean): void {
    this.#print('&')
    const lifetime = this.#parser.eat('L') ? this.#parser.base62() : 0
    if (lifetime !== 0) {
      this.#lifetime(lifetime)
      this.#print(' ')
    }
    if (isMutable) this.#print('mut ')
    this.#type()
  }

  #sequence(isArray: boolean): void {
    this.#print('[')
    this.#type()
    if (isArray) {
      this.#print('; ')
      this.#constant()
    }
    this.#print(']')
  }

  #tuple(): void {
    this.#print('(')
    const count = this.#list('E', ', ', () => this.#type())
    this.#print(count === 1 ? ',)' : ')')
  }

  #functionPointer(): void {
    if (this.#parser.eat('U')) this.#print('unsafe ')
    if (this.#parser.eat('K')) {
      const abi = this.#parser.eat('C') ? 'C' : this.#parser.identifier().replaceAll('_', '-')
      this.#print(`extern "${abi}" `)
    }
    this.#print('fn(')
    this.#list('E', ', ', () => this.#type())
    this.#print(')')
    if (this.#parser.eat('u')) return
    this.#print(' -> ')
    this.#type()
  }

  #traitObject(): void {
    this.#print('dyn ')
    this.#inBinder(() => this.#list('E', ' + ', () => this.#objectBound()))
    if (!this.#parser.eat('L')) throw new V0SyntaxError('trait object without a lifetime')
    const lifetime = this.#parser.base62()
    if (lifetime === 0) return
    this.#print(' + ')
    this.#lifetime(lifetime)
  }

  /** `Trait<A, Output = B>`: associated types join the generic arguments. */
  #objectBound(): void {
    let isOpen = this.#openPath()
    while (this.#parser.eat('p')) {
      this.#print(isOpen ? ', ' : '<')
      isOpen = true
      this.#print(`${this.#parser.identifier()} = `)
      this.#type()
    }
    if (isOpen) this.#print('>')
  }

  /** A type path whose generic arguments, if it has some, are left open; says whether it has. */
  #openPath(): boolean {
    let isOpen = false
    this.#nested(() => {
      if (this.#parser.eat('B')) {
        this.#parser.atBackReference(() => {
          isOpen = this.#openPath()
        })
      } else if (this.#parser.eat('I')) {
        this.path(false)
        this.#print('<')
        this.#list('E', ', ', () => this.#genericArgument())
        isOpen = true
      } else this.path(false)
    })
    return isOpen
  }

  #constant(): void {
    this.#nested(() => {
      const tag = this.#parser.next()
      if (tag === 'p') this.#print('_')
      else if (tag === 'B') this.#parser.atBackReference(() => this.#constant())
      else if (/[htmyojaslxni]/.test(tag)) this.#integer()
      else if (tag === 'b') this.#boolean()
      else if (tag === 'c') this.#character()
      else throw new V0SyntaxError(`unknown constant ${tag}`)
    })
  }

  #integer(): void {
    const sign = this.#parser.eat('n') ? '-' : ''
    const digits = this.#parser.hex()
    this.#print(`${sign}${digits.length > 16 ? `0x${digits}` : BigInt(`0x${digits === '' ? '0' : digits}`)}`)
  }

  #boolean(): void {
    const digits = this.#parser.hex()
    if (digits !== '0' && digits !== '1') throw new V0SyntaxError('no boolean')
    this.#print(digits === '1' ? 'true' : 'false')
  }

  #character(): void {
    const code = Number.parseInt(this.#parser.hex(), 16)
    if (!(code <= 0x10_ffff) || (code >= 0xd800 && code <= 0xdfff)) throw new V0SyntaxError('no character')
    const character = String.fromCodePoint(code)
    this.#print(character === "'" ? "'\\''" : `'${JSON.stringify(character).slice(1, -1)}'`)
  }

  #inBinder(action: () => void): void {
    const count = this.#parser.optionalBase62('G')
    if (count > 100) throw new V0SyntaxError('too many lifetimes')
    const outer = this.#boundLifetimes
    this.#boundLifetimes += count
    if (count > 0) {
      const names = Array.from({ length: count }, (_, i) => lifetimeName(outer + i))
      this.#print(`for<${names.join(', ')}> `)
    }
    action()
    this.#boundLifetimes = outer
  }

  /** A de Bruijn index: 1 is the innermost bound lifetime, 0 an erased one. */
  #lifetime(index: number): void {
    if (index > this.#boundLifetimes) throw new V0SyntaxError('unbound lifetime')
    this.#print(index === 0 ? "'_" : lifetimeName(this.#boundLifetimes - index))
  }

  #list(end: string, separator: string, item: () => void): number {
    let count = 0
    while (!this.#parser.eat(end)) {
      if (count++ > 0) this.#print(separator)
      item()
    }
    return count
  }

  #nested(action: () => void): void {
    if (++this.#depth > MAX_DEPTH) throw new V0SyntaxError('too deep')
    action()
    this.#depth--
  }

  #print(text: string): void {
    if (this.#silent > 0) return
    this.#text += text
    if (this.#text.length > MAX_LENGTH) throw new V0SyntaxError('too long')
  }
}

function lifetimeName(depth: number): string {
  return depth < 26 ? `'${String.fromCharCode(97 + depth)}` : `'_${depth}`
}
