/** Modules rewritten so that they tell which edges they take, how many instructions they execute, and what they compare. */
export {
  FUEL_GLOBAL,
  type InstrumentedModule,
  type InstrumentOptions,
  instrumentModule,
} from './instrumentModule.ts'
export { COMPARISON_BYTES } from './rewriteFunction.ts'
