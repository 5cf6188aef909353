/** What went wrong inside a runtime, as data: message, place, stack, and a key to recognize it by. */
export { captureWasmStack, type WasmFrame, withDeepStackTraces } from './captureWasmStack.ts'
export { demangle } from './demangle.ts'
export { type PanicLike, panicFingerprint } from './panicFingerprint.ts'
export { type PanicText, parsePanicMessage } from './parsePanicMessage.ts'
export { symbolize } from './symbolize.ts'
