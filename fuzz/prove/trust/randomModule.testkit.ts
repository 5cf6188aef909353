import fc from 'fast-check'
import wabt from 'wabt'

const tools = await wabt()

/** A module from text. */
export function assemble(wat: string): Uint8Array {
  const module = tools.parseWat('test.wat', wat)
  const { buffer } = module.toBinary({})
  module.destroy()
  return new Uint8Array(buffer)
}

/** A module of ABI 1 whose `run` has this body; `$input`, `$output` and `$scratch` are its parameters. */
export function consensusWat(body: string, others = ''): string {
  return `(module (memory (export "memory") 2)
    (func (export "abi_version") (result i32) (i32.const 1))
    (func (export "alloc") (param i32) (result i32) (i32.const 4096))
    ${others}
    (func $run (export "run") (param $input i32) (param $output i32) (param $scratch i32)
      (local $a i32) (local $b i32) (local $c i32) (local $x i64) (local $y i64) (local $i i32) (local $j i32)
      ${body}))`
}

const I32 = ['$a', '$b', '$c'] as const
const I64 = ['$x', '$y'] as const
const BINARIES = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shr_u', 'shr_s', 'rotl', 'rotr'] as const
const DIVISIONS = ['div_u', 'rem_u', 'div_s', 'rem_s'] as const
const COMPARISONS = ['eq', 'ne', 'lt_u', 'lt_s', 'gt_u', 'gt_s', 'le_u', 'le_s', 'ge_u', 'ge_s'] as const
const CONSTANTS32 = [0, 1, 2, 3, 7, 8, 15, 31, 255, 65_535, 65_536, -1, -2, 2 ** 31 - 1, -(2 ** 31)]
const CONSTANTS64 = [0n, 1n, 3n, 8n, 63n, 65_535n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, -1n, -(2n ** 63n)]

/** Where values come from: the parameters and arrays of the input, of a shape with at least two neurons and rows of 2. */
const LOADS32 = [
  '(i32.load offset=20 (local.get $input))',
  '(i32.load offset=28 (local.get $input))',
  '(i32.load8_u offset=88 (local.get $input))',
  '(i32.load8_s offset=89 (local.get $input))',
  '(i32.load16_u offset=96 (local.get $input))',
  '(i32.load16_s offset=98 (local.get $input))',
  '(i32.load offset=104 (local.get $input))',
]
const LOADS64 = [
  '(i64.load offset=64 (local.get $input))',
  '(i64.load offset=72 (local.get $input))',
  '(i64.load16_u offset=96 (local.get $input))',
  '(i64.load32_s offset=104 (local.get $input))',
  '(i64.load8_s offset=88 (local.get $input))',
]

interface Expressions {
  readonly i32: string
  readonly i64: string
}

const { i32, i64 } = fc.letrec<Expressions>((tie: fc.LetrecTypedTie<Expressions>) => ({
  i32: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: fc.constantFrom(...I32).map((name) => `(local.get ${name})`) },
    { weight: 2, arbitrary: fc.constantFrom(...CONSTANTS32).map((value) => `(i32.const ${value})`) },
    { weight: 1, arbitrary: fc.constantFrom(...LOADS32) },
    { weight: 4, arbitrary: binary('i32', BINARIES, tie('i32')) },
    { weight: 3, arbitrary: binary('i32', COMPARISONS, tie('i32')) },
    { weight: 2, arbitrary: binary('i64', COMPARISONS, tie('i64')) },
    { weight: 1, arbitrary: binary('i32', DIVISIONS, tie('i32')) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('eqz', 'clz', 'ctz', 'popcnt', 'extend8_s', 'extend16_s'), tie('i32'))
        .map(([op, a]) => `(i32.${op} ${a})`),
    },
    { weight: 1, arbitrary: tie('i64').map((a) => `(i32.wrap_i64 ${a})`) },
    { weight: 1, arbitrary: tie('i64').map((a) => `(i64.eqz ${a})`) },
    {
      weight: 2,
      arbitrary: fc.tuple(tie('i32'), tie('i32'), tie('i32')).map(([a, b, c]) => `(select ${a} ${b} ${c})`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie('i32'), tie('i32'), tie('i32'))
        .map(([a, b, c]) => `(if (result i32) ${a} (then ${b}) (else ${c}))`),
    },
    { weight: 2, arbitrary: tie('i32').map((a) => `(i32.load ${cell(a)})`) },
    { weight: 1, arbitrary: tie('i32').map((a) => `(i32.load16_u offset=2 ${cell(a)})`) },
  ),
  i64: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: fc.constantFrom(...I64).map((name) => `(local.get ${name})`) },
    { weight: 2, arbitrary: fc.constantFrom(...CONSTANTS64).map((value) => `(i64.const ${value})`) },
    { weight: 1, arbitrary: fc.constantFrom(...LOADS64) },
    { weight: 4, arbitrary: binary('i64', BINARIES, tie('i64')) },
    { weight: 1, arbitrary: binary('i64', DIVISIONS, tie('i64')) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('clz', 'ctz', 'popcnt', 'extend8_s', 'extend16_s', 'extend32_s'), tie('i64'))
        .map(([op, a]) => `(i64.${op} ${a})`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('u', 's'), tie('i32'))
        .map(([sign, a]) => `(i64.extend_i32_${sign} ${a})`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(tie('i64'), tie('i64'), tie('i32')).map(([a, b, c]) => `(select ${a} ${b} ${c})`),
    },
    { weight: 2, arbitrary: tie('i32').map((a) => `(i64.load ${cell(a)})`) },
  ),
}))

function binary(type: string, names: readonly string[], operand: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...names), operand, operand)
    .map(([name, a, b]) => `(${type}.${name} ${a} ${b})`)
}

/** One of eight cells of 8 bytes in the scratch region. */
function cell(index: string): string {
  return `(i32.add (local.get $scratch) (i32.shl (i32.and ${index} (i32.const 7)) (i32.const 3)))`
}

interface Statements {
  readonly one: string
  readonly many: string
}

const statement = fc.letrec<Statements>((tie: fc.LetrecTypedTie<Statements>) => ({
  one: fc.oneof(
    { maxDepth: 3 },
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constantFrom(...I32), i32).map(([name, a]) => `(local.set ${name} ${a})`),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom(...I64), i64).map(([name, a]) => `(local.set ${name} ${a})`),
    },
    { weight: 2, arbitrary: fc.tuple(i32, i64).map(([a, b]) => `(i64.store ${cell(a)} ${b})`) },
    { weight: 1, arbitrary: fc.tuple(i32, i32).map(([a, b]) => `(i32.store offset=4 ${cell(a)} ${b})`) },
    { weight: 1, arbitrary: fc.tuple(i32, i32).map(([a, b]) => `(i32.store8 offset=3 ${cell(a)} ${b})`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(i32, tie('many'), tie('many'))
        .map(([a, b, c]) => `(if ${a} (then ${b}) (else ${c}))`),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(i32, tie('many')).map(([a, b]) => `(block $out (br_if $out ${a}) ${b})`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(i32, tie('many'), tie('many'))
        .map(([a, b, c]) => `(block $q (block $p (br_table $p $q $p ${a})) ${b}) ${c}`),
    },
    { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 4 }), i32, tie('many')).map(loop) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat({ max: 40 }), i32)
        .map(([count, a]) => `(memory.fill (local.get $scratch) ${a} (i32.const ${count}))`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat({ max: 24 }), fc.nat({ max: 24 }))
        .map(
          ([from, count]) =>
            `(memory.copy (i32.add (local.get $scratch) (i32.const 8)) (i32.add (local.get $scratch) (i32.const ${from})) (i32.const ${count}))`,
        ),
    },
  ),
  many: fc.array(tie('one'), { minLength: 1, maxLength: 3 }).map((all) => all.join('\n')),
})).many

/** At most `count` rounds, fewer when a condition on values ends it. */
function loop([count, condition, body]: readonly [number, string, string]): string {
  return `(local.set $i (i32.const ${count}))
    (loop $again ${body.includes('$again') ? '' : body}
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (br_if $again (i32.and (i32.gt_s (local.get $i) (i32.const 0)) (i32.ne ${condition} (i32.const 3)))))`
}

const FILL = `
  (local.set $a (i32.load offset=20 (local.get $input)))
  (local.set $b (i32.load16_u offset=96 (local.get $input)))
  (local.set $x (i64.load offset=64 (local.get $input)))
  (memory.fill (local.get $scratch) (i32.const 0) (i32.const 64))`

const SHOW = `
  (i32.store16 (local.get $output) (local.get $a))
  (i32.store16 offset=2 (local.get $output) (local.get $b))
  (i32.store16 offset=8 (local.get $output) (i32.wrap_i64 (local.get $x)))
  (i32.store16 offset=10 (local.get $output) (i32.wrap_i64 (i64.shr_u (local.get $x) (i64.const 48))))
  (i32.store16 offset=16 (local.get $output) (i32.load (local.get $scratch)))
  (i32.store16 offset=18 (local.get $output) (local.get $c))`

/** Modules of ABI 1 that compute with the values of an input of two neurons with rows of 2, and show what comes of it. */
export const randomModules: fc.Arbitrary<string> = fc
  .array(statement, { minLength: 2, maxLength: 6 })
  .map((all) => consensusWat(`${FILL} ${all.join('\n')} ${SHOW}`))
