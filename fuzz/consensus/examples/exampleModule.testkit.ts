import { readFileSync } from 'node:fs'

/** An example's module by its name, such as `goodYuma`. */
export function exampleModule(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`wasm/${name}.wasm`, import.meta.url)))
}
