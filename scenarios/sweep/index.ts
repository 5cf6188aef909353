/** The blocks of a whole period after the upgrade: in order, and by jumps to what is due further off. */

export { buildAtHeight } from './jump.ts'
export { type Sweep, sweptBlocks } from './sweep.ts'
export type { SweptBlock } from './sweptBlock.ts'
