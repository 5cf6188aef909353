/**
 * What may follow a mangled symbol: LLVM's `.llvm.<hash>`, which differs from build to build and is dropped, or another
 * dotted suffix, which is kept. Null when the text is not such a suffix, so that the symbol is not Rust's.
 */
export function readSymbolSuffix(text: string): string | null {
  const llvm = text.indexOf('.llvm.')
  const kept = llvm === -1 || !/^[0-9A-F@]*$/.test(text.slice(llvm + 6)) ? text : text.slice(0, llvm)
  return kept === '' || /^\.[\x21-\x7e]*$/.test(kept) ? kept : null
}
