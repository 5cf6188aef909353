/**
 * Hash functions as WebAssembly text: definitions of functions only, without a module, memory, data or globals, to embed in
 * any module whose memory 0 holds the bytes, a runtime's memory included. All intermediate state lives in locals; nothing
 * outside `ptr..ptr+len` is read and nothing outside the output is written, so the memory's layout is of no concern.
 */

const BLAKE2B_IV = [
  '0x6a09e667f3bcc908',
  '0xbb67ae8584caa73b',
  '0x3c6ef372fe94f82b',
  '0xa54ff53a5f1d36f1',
  '0x510e527fade682d1',
  '0x9b05688c2b3e6c1f',
  '0x1f83d9abfb41bd6b',
  '0x5be0cd19137e2179',
]

/** Message order of each round, a hex digit a word. Rounds 10 and 11 repeat the first two. */
const BLAKE2B_SIGMA = [
  '0123456789abcdef',
  'ea489fd61c02b753',
  'b8c052fdae367194',
  '7931dcbe265a40f8',
  '905724afe1bc683d',
  '2c6a0b834d75fe19',
  'c51fed4a0763928b',
  'db7ec13950f4862a',
  '6fe9b308c2d714a5',
  'a2847615fb9e3cd0',
  '0123456789abcdef',
  'ea489fd61c02b753',
]

/** State words that the eight mixing steps of a round work on: four columns, four diagonals. */
const BLAKE2B_LANES = ['048c', '159d', '26ae', '37bf', '05af', '16bc', '278d', '349e']

const XXH64_PRIMES = [
  '0x9e3779b185ebca87',
  '0xc2b2ae3d27d4eb4f',
  '0x165667b19e3779f9',
  '0x85ebca77c2b2ae63',
  '0x27d4eb2f165667c5',
]

/**
 * Definitions of
 * - `$blake2b (param $ptr i32) (param $len i32) (param $out i32) (param $outLen i32)`: unkeyed BLAKE2b of digest length
 *   `$outLen`, which must be 16, 32 or 64 (other lengths write a digest of no meaning). `$out` may overlap the input.
 * - `$xxh64 (param $ptr i32) (param $len i32) (param $seed i64) (result i64)`
 * - `$hashTail (param $ptr i32) (param $left i32) (result i64)`: helper, up to 8 bytes little endian.
 *
 * Pointers and lengths are unsigned. A range past the end of memory traps.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7693
 * @see https://github.com/Cyan4973/xxHash/blob/v0.8.2/doc/xxhash_spec.md
 */
export function hashFunctionsWat(): string {
  return [hashTailWat(), blake2bWat(), xxh64Wat()].join('\n')
}

/**
 * A whole module around `hashFunctionsWat` with its own exported memory. Exports `memory`, `blake2b` and `twox`, which writes
 * `$words` times 8 bytes: xxh64 with seed 0, 1, … in little endian.
 */
export function hashCoreWat(): string {
  return `(module
(memory (export "memory") 1)
${hashFunctionsWat()}
(func $twox (param $ptr i32) (param $len i32) (param $out i32) (param $words i32)
  (local $seed i32)
  (loop $word
    (i64.store align=1 (i32.add (local.get $out) (i32.shl (local.get $seed) (i32.const 3)))
      (call $xxh64 (local.get $ptr) (local.get $len) (i64.extend_i32_u (local.get $seed))))
    (local.set $seed (i32.add (local.get $seed) (i32.const 1)))
    (br_if $word (i32.lt_u (local.get $seed) (local.get $words)))))
(export "blake2b" (func $blake2b))
(export "twox" (func $twox)))`
}

/** Loads the bytes that are there and zero for the rest, and never touches a byte past them. */
function hashTailWat(): string {
  return `
(func $hashTail (param $ptr i32) (param $left i32) (result i64)
  (local $word i64) (local $shift i64)
  (if (i32.ge_s (local.get $left) (i32.const 8)) (then (return (i64.load align=1 (local.get $ptr)))))
  (if (i32.le_s (local.get $left) (i32.const 0)) (then (return (i64.const 0))))
  (if (i32.and (local.get $left) (i32.const 4)) (then
    (local.set $word (i64.load32_u align=1 (local.get $ptr)))
    (local.set $ptr (i32.add (local.get $ptr) (i32.const 4)))
    (local.set $shift (i64.const 32))))
  (if (i32.and (local.get $left) (i32.const 2)) (then
    (local.set $word (i64.or (local.get $word)
      (i64.shl (i64.load16_u align=1 (local.get $ptr)) (local.get $shift))))
    (local.set $ptr (i32.add (local.get $ptr) (i32.const 2)))
    (local.set $shift (i64.add (local.get $shift) (i64.const 16)))))
  (if (i32.and (local.get $left) (i32.const 1)) (then
    (local.set $word (i64.or (local.get $word)
      (i64.shl (i64.load8_u (local.get $ptr)) (local.get $shift))))))
  (local.get $word))`
}

function blake2bWat(): string {
  const h = (i: number): string => `$h${i}`
  const words = [...Array(16).keys()]
  const fullBlock = words.map((i) => `(local.set $m${i} (i64.load offset=${8 * i} align=1 (local.get $ptr)))`)
  const lastBlock = words.map(
    (i) =>
      `(local.set $m${i} (call $hashTail
        (i32.add (local.get $ptr) (i32.const ${8 * i})) (i32.sub (local.get $len) (i32.const ${8 * i}))))`,
  )
  const start = words.map((i) => `(local.set $v${i} ${blake2bStartWord(i)})`)
  const rounds = BLAKE2B_SIGMA.flatMap((order) =>
    BLAKE2B_LANES.map((lanes, step) =>
      blake2bMixWat(lanes, hexDigit(order, 2 * step), hexDigit(order, 2 * step + 1)),
    ),
  )
  const finish = BLAKE2B_IV.map(
    (_, i) =>
      `(local.set ${h(i)} (i64.xor (local.get ${h(i)}) (i64.xor (local.get $v${i}) (local.get $v${i + 8}))))`,
  )
  const store = (i: number): string =>
    `(i64.store offset=${8 * i} align=1 (local.get $out) (local.get ${h(i)}))`
  return `
(func $blake2b (param $ptr i32) (param $len i32) (param $out i32) (param $outLen i32)
  (local $hashed i64) (local $last i64)
  ${BLAKE2B_IV.map((_, i) => `(local ${h(i)} i64)`).join(' ')}
  ${words.map((i) => `(local $v${i} i64) (local $m${i} i64)`).join(' ')}
  ${BLAKE2B_IV.map((iv, i) => `(local.set ${h(i)} (i64.const ${iv}))`).join('\n  ')}
  (local.set $h0 (i64.xor (local.get $h0) (i64.or (i64.const 0x01010000) (i64.extend_i32_u (local.get $outLen)))))
  (loop $block
    (if (i32.gt_u (local.get $len) (i32.const 128))
      (then ${fullBlock.join('\n  ')}
        (local.set $hashed (i64.add (local.get $hashed) (i64.const 128))))
      (else ${lastBlock.join('\n  ')}
        (local.set $hashed (i64.add (local.get $hashed) (i64.extend_i32_u (local.get $len))))
        (local.set $last (i64.const -1))))
    ${start.join('\n    ')}
    ${rounds.join('\n    ')}
    ${finish.join('\n    ')}
    (local.set $ptr (i32.add (local.get $ptr) (i32.const 128)))
    (local.set $len (i32.sub (local.get $len) (i32.const 128)))
    (br_if $block (i64.eqz (local.get $last))))
  ${[0, 1].map(store).join('\n  ')}
  (if (i32.gt_u (local.get $outLen) (i32.const 16)) (then ${[2, 3].map(store).join(' ')}))
  (if (i32.gt_u (local.get $outLen) (i32.const 32)) (then ${[4, 5, 6, 7].map(store).join(' ')})))`
}

function blake2bStartWord(index: number): string {
  if (index < 8) return `(local.get $h${index})`
  const iv = `(i64.const ${BLAKE2B_IV[index - 8]})`
  if (index === 12) return `(i64.xor ${iv} (local.get $hashed))`
  if (index === 14) return `(i64.xor ${iv} (local.get $last))`
  return iv
}

/** The function G of RFC 7693: `lanes` name its four state words, `x` and `y` its message words. */
function blake2bMixWat(lanes: string, x: number, y: number): string {
  const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((i) => hexDigit(lanes, i))
  const add = (into: number, other: number, message?: number): string => {
    const sum = `(i64.add (local.get $v${into}) (local.get $v${other}))`
    const value = message === undefined ? sum : `(i64.add ${sum} (local.get $m${message}))`
    return `(local.set $v${into} ${value})`
  }
  const rotate = (into: number, other: number, bits: number): string =>
    `(local.set $v${into} (i64.rotr (i64.xor (local.get $v${into}) (local.get $v${other})) (i64.const ${bits})))`
  return [
    add(a, b, x),
    rotate(d, a, 32),
    add(c, d),
    rotate(b, c, 24),
    add(a, b, y),
    rotate(d, a, 16),
    add(c, d),
    rotate(b, c, 63),
  ].join(' ')
}

function hexDigit(digits: string, index: number): number {
  return Number.parseInt(digits.charAt(index), 16)
}

function xxh64Wat(): string {
  const prime = (n: number): string => `(i64.const ${XXH64_PRIMES[n - 1]})`
  const round = (lane: string, input: string): string =>
    `(i64.mul (i64.rotl (i64.add ${lane} (i64.mul ${input} ${prime(2)})) (i64.const 31)) ${prime(1)})`
  const load = (offset: number): string => `(i64.load offset=${offset} align=1 (local.get $ptr))`
  const lanes = [0, 1, 2, 3]
  const advance = (bytes: number): string => `
      (local.set $ptr (i32.add (local.get $ptr) (i32.const ${bytes})))
      (local.set $len (i32.sub (local.get $len) (i32.const ${bytes})))`
  const merge = (i: number): string =>
    `(local.set $hash (i64.add (i64.mul (i64.xor (local.get $hash) ${round('(i64.const 0)', `(local.get $lane${i})`)})
      ${prime(1)}) ${prime(4)}))`
  const mixIn = (word: string, rotation: number, factor: number, summand: number): string =>
    `(local.set $hash (i64.add (i64.mul (i64.rotl (i64.xor (local.get $hash) ${word}) (i64.const ${rotation}))
      ${prime(factor)}) ${prime(summand)}))`
  const shiftMix = (bits: number): string =>
    `(local.set $hash (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const ${bits}))))`
  const multiply = (n: number): string => `(local.set $hash (i64.mul (local.get $hash) ${prime(n)}))`
  return `
(func $xxh64 (param $ptr i32) (param $len i32) (param $seed i64) (result i64)
  (local $hash i64) (local $total i64) ${lanes.map((i) => `(local $lane${i} i64)`).join(' ')}
  (local.set $total (i64.extend_i32_u (local.get $len)))
  (if (i32.ge_u (local.get $len) (i32.const 32)) (then
    (local.set $lane0 (i64.add (i64.add (local.get $seed) ${prime(1)}) ${prime(2)}))
    (local.set $lane1 (i64.add (local.get $seed) ${prime(2)}))
    (local.set $lane2 (local.get $seed))
    (local.set $lane3 (i64.sub (local.get $seed) ${prime(1)}))
    (loop $stripe
      ${lanes.map((i) => `(local.set $lane${i} ${round(`(local.get $lane${i})`, load(8 * i))})`).join('\n      ')}
      ${advance(32)}
      (br_if $stripe (i32.ge_u (local.get $len) (i32.const 32))))
    (local.set $hash (i64.add
      (i64.add (i64.rotl (local.get $lane0) (i64.const 1)) (i64.rotl (local.get $lane1) (i64.const 7)))
      (i64.add (i64.rotl (local.get $lane2) (i64.const 12)) (i64.rotl (local.get $lane3) (i64.const 18)))))
    ${lanes.map(merge).join('\n    ')})
  (else (local.set $hash (i64.add (local.get $seed) ${prime(5)}))))
  (local.set $hash (i64.add (local.get $hash) (local.get $total)))
  (block $words (loop $word
    (br_if $words (i32.lt_u (local.get $len) (i32.const 8)))
    ${mixIn(round('(i64.const 0)', load(0)), 27, 1, 4)}
    ${advance(8)}
    (br $word)))
  (if (i32.ge_u (local.get $len) (i32.const 4)) (then
    ${mixIn(`(i64.mul (i64.load32_u align=1 (local.get $ptr)) ${prime(1)})`, 23, 2, 3)}
    ${advance(4)}))
  (block $bytes (loop $byte
    (br_if $bytes (i32.eqz (local.get $len)))
    (local.set $hash (i64.mul (i64.rotl (i64.xor (local.get $hash)
      (i64.mul (i64.load8_u (local.get $ptr)) ${prime(5)})) (i64.const 11)) ${prime(1)}))
    ${advance(1)}
    (br $byte)))
  ${shiftMix(33)} ${multiply(2)} ${shiftMix(29)} ${multiply(3)} ${shiftMix(32)}
  (local.get $hash))`
}
