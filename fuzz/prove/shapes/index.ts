/** ABI 1 for the prover: what a shape fixes, how a module gets to `run`, and one walk of it. */
export { type InputUnknown, regionsOf } from './layOutInput.ts'
export { allShapes, denseShape, describeShape, type ProofShape } from './shape.ts'
export { type LayOut, type ShapeWalk, walkShape } from './walkShape.ts'
