import type { Concrete, Width } from '../decode/index.ts'

/** A value on the operand stack while code is compiled: where it is found when the code runs. */
export type Operand =
  | { readonly kind: 'slot'; readonly slot: number; readonly width: Width }
  | { readonly kind: 'constant'; readonly value: Concrete; readonly width: Width }
