import { describe, expect, it } from 'vitest'
import { demangle } from './demangle.ts'

/** From the tests of rustc-demangle, without hashes. */
const LEGACY: readonly (readonly [string, string])[] = [
  ['_ZN4testE', 'test'],
  ['_ZN4test1a2bcE', 'test::a::bc'],
  ['ZN4testE', 'test'],
  ['_ZN4$RP$E', ')'],
  ['_ZN8$RF$testE', '&test'],
  ['_ZN8$BP$test4foobE', '*test::foob'],
  ['_ZN9$u20$test4foobE', ' test::foob'],
  ['_ZN35Bar$LT$$u5b$u32$u3b$$u20$4$u5d$$GT$E', 'Bar<[u32; 4]>'],
  ['_ZN12test$BP$test4foobE', 'test*test::foob'],
  ['_ZN13_$LT$test$GT$E', '<test>'],
  ['_ZN28_$u7b$$u7b$closure$u7d$$u7d$E', '{{closure}}'],
  ['_ZN15__STATIC_FMTSTRE', '__STATIC_FMTSTR'],
  ['_ZN3foo17h05af221e174051e9E', 'foo'],
  ['_ZN17h05af221e174051e93fooE', 'h05af221e174051e9::foo'],
  ['_ZN3foo16ffaf221e174051e9E', 'foo::ffaf221e174051e9'],
  ['_ZN3foo17hg5af221e174051e9E', 'foo::hg5af221e174051e9'],
  ['_ZN3fooE.llvm.9D1C9369', 'foo'],
  ['_ZN3fooE.llvm.9D1C9369@@16', 'foo'],
  ['_ZN9backtrace3foo17hbb467fcdaea5d79bE.llvm.A5310EB9', 'backtrace::foo'],
  [
    '__ZN38_$LT$core..option..Option$LT$T$GT$$GT$6unwrap18_MSG_FILE_LINE_COL17haf7cb8d5824ee659E',
    '<core::option::Option<T>>::unwrap::_MSG_FILE_LINE_COL',
  ],
  [
    '__ZN4core5slice89_$LT$impl$u20$core..iter..traits..IntoIterator$u20$for$u20$$RF$$u27$a$u20$$u5b$T$u5d$$GT$9into_iter17h450e234d27262170E',
    "core::slice::<impl core::iter::traits::IntoIterator for &'a [T]>::into_iter",
  ],
  [
    '_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3barE',
    "<Test + 'static as foo::Bar<Test>>::bar",
  ],
  [
    '_ZN4core5slice77_$LT$impl$u20$core..ops..index..IndexMut$LT$I$GT$$u20$for$u20$$u5b$T$u5d$$GT$9index_mut17haf9727c2edfbc47bE.exit.i.i',
    'core::slice::<impl core::ops::index::IndexMut<I> for [T]>::index_mut.exit.i.i',
  ],
  [
    '_ZN88_$LT$core..result..Result$LT$$u21$$C$$u20$E$GT$$u20$as$u20$std..process..Termination$GT$6report17hfc41d0da4a40b3e8E',
    '<core::result::Result<!, E> as std::process::Termination>::report',
  ],
]

/** What wasm-ld before LLVM 13 wrote into name sections. */
const LINKED: readonly (readonly [string, string])[] = [
  ['core::panicking::panic_fmt::hec165b0930ecb32e', 'core::panicking::panic_fmt'],
  ['_$LT$T$u20$as$u20$core..fmt..Debug$GT$::fmt::h0123456789abcdef', '<T as core::fmt::Debug>::fmt'],
]

const V0: readonly (readonly [string, string])[] = [
  ['_RNvC6_123foo3bar', '123foo::bar'],
  ['_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_', 'cc::spawn::{closure#0}::{closure#0}'],
  [
    '_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8Iterator9rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_',
    '<core::slice::Iter<u8> as core::iter::iterator::Iterator>::rposition::<core::slice::memchr::memrchr::{closure#1}>::{closure#0}',
  ],
  [
    '_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_ECs1iopQbuBiw2_3std',
    'alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>',
  ],
  ['_RMC0INtC8arrayvec8ArrayVechKj7b_E', '<arrayvec::ArrayVec<u8, 123>>'],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_8UnsignedKhb_E', '<const_generic::Unsigned<11>>'],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_6SignedKanb_E', '<const_generic::Signed<-11>>'],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_4BoolKb1_E', '<const_generic::Bool<true>>'],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_4CharKc76_E', "<const_generic::Char<'v'>>"],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_4CharKca_E', "<const_generic::Char<'\\n'>>"],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_4CharKc2202_E', "<const_generic::Char<'∂'>>"],
  ['_RNvNvMCs4fqI2P2rA04_13const_genericINtB4_3FooKpE3foo3FOO', '<const_generic::Foo<_>>::foo::FOO'],
  ['_RC3foo.llvm.9D1C9369@@16', 'foo'],
  ['_RNvC9backtrace3foo.llvm.A5310EB9', 'backtrace::foo'],
  [
    '_RNvNtNtNtNtCs92dm3009vxr_4rand4rngs7adapter9reseeding4fork23FORK_HANDLER_REGISTERED.0.0',
    'rand::rngs::adapter::reseeding::fork::FORK_HANDLER_REGISTERED.0.0',
  ],
  ['_RMC0TTpB4_EB3_E', '<((_, _), (_, _))>'],
  // Written from the grammar of RFC 2603.
  ['_RMC0FUKCRhlEu', '<unsafe extern "C" fn(&u8, i32)>'],
  ['_RMC0FG_RL0_hEB5_', "<for<'a> fn(&'a u8) -> &'a u8>"],
  ['_RMC0TPhOtQaSbAcj3_lE', '<(*const u8, *mut u16, &mut i8, [bool], [char; 3], i32)>'],
  ['_RMC0ThE', '<(u8,)>'],
  ['_RNSC3foo3bar', 'foo::{shim:bar#0}'],
  ['_RNvCs_1a4main', 'a::main'],
  ['_RNvC7___rustc17rust_begin_unwind', '__rustc::rust_begin_unwind'],
  ['_RNvCu3abc1d', 'punycode{abc}::d'],
]

describe('demangle', () => {
  it.each(LEGACY)('legacy %s', (symbol, expected) => {
    expect(demangle(symbol)).toBe(expected)
  })

  it.each(LINKED)('linked %s', (symbol, expected) => {
    expect(demangle(symbol)).toBe(expected)
  })

  it.each(V0)('v0 %s', (symbol, expected) => {
    expect(demangle(symbol)).toBe(expected)
  })

  it.each([
    '',
    'test',
    '_ZN4test',
    '_ZNfooE',
    '_ZN3fooE.llvm moocow',
    '_ZN3foo3barEv',
    '_ZN2222222222222222222222EE',
    '_ZN4tästE',
    '_R',
    '_RNvC1a',
    '_RMC0FKu0EE',
    '_RNvB_1a',
    '_RNvC3foo3bar!',
    'Core_version',
    'rust_begin_unwind',
  ])('leaves %j as it is', (symbol) => {
    expect(demangle(symbol)).toBe(symbol)
  })

  it('gives up on symbols that would explode', () => {
    const tuples = 'T'.repeat(100)
    const backReferences = Array.from({ length: 60 }, () => 'B3_').join('')
    for (const symbol of [
      `_RMC0${tuples}${backReferences}`,
      `_RMC0${'R'.repeat(5000)}u`,
      `_RIC0${'h'.repeat(50_000)}E`,
    ]) {
      const start = performance.now()
      expect(demangle(symbol)).toBe(symbol)
      expect(performance.now() - start).toBeLessThan(500)
    }
    const doubling = `_RMC0${'T'.repeat(40)}p${Array.from({ length: 40 }, (_, i) => `B${(41 - i).toString(36)}_E`).join('')}`
    expect(demangle(doubling)).toBe(doubling)
  })
})
