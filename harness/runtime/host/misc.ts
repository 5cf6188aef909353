import { HostError } from './hostError.ts'
import { type HostFunction, hostFunction } from './hostFunction.ts'

const PRINT_LEVEL = 4
const TRACE_LEVEL = 5

/** Logging, panics, tracing, version of another blob, off-chain index (sp-io `misc`, `logging`, `wasm_tracing`, …). */
export const miscHostFunctions: readonly HostFunction[] = [
  hostFunction('ext_logging_log_version_1', 'i32 ps ps -> void', (host, level, tp, tl, mp, ml) => {
    const oneBased = (level & 0xff) + 1
    if (oneBased > TRACE_LEVEL)
      throw new HostError('trap', `unknown log level ${level & 0xff} in logging_log`)
    const target = host.str(tp, tl)
    const message = host.text(mp, ml)
    if (oneBased <= host.call.maxLogLevel || oneBased === 1) host.log(oneBased, target, message)
  }),
  hostFunction('ext_logging_max_level_version_1', '-> i32', (host) => host.call.maxLogLevel),
  hostFunction('ext_panic_handler_abort_on_panic_version_1', 'ps -> void', (host, p, l) => {
    host.abortMessage = host.str(p, l)
    throw new HostError('abort', host.abortMessage)
  }),
  hostFunction('ext_misc_print_num_version_1', 'i64 -> void', (host, value: bigint) => {
    if (host.call.maxLogLevel >= PRINT_LEVEL)
      host.log(PRINT_LEVEL, 'runtime', String(BigInt.asUintN(64, value)))
  }),
  hostFunction('ext_misc_print_utf8_version_1', 'ps -> void', (host, p, l) => {
    if (host.call.maxLogLevel >= PRINT_LEVEL) host.log(PRINT_LEVEL, 'runtime', host.text(p, l))
  }),
  hostFunction('ext_misc_print_hex_version_1', 'ps -> void', (host, p, l) => {
    if (host.call.maxLogLevel >= PRINT_LEVEL) host.log(PRINT_LEVEL, 'runtime', host.hex(p, l))
  }),
  hostFunction('ext_misc_runtime_version_version_1', 'ps -> ps', (host, p, l) =>
    host.giveOption(host.services.runtimeVersion(host.bytes(p, l))),
  ),
  hostFunction('ext_wasm_tracing_enabled_version_1', 'ps -> i32', () => 0),
  hostFunction('ext_wasm_tracing_enter_span_version_1', 'ps -> i64', () => 0n),
  hostFunction('ext_wasm_tracing_event_version_1', 'ps -> void', () => {}),
  hostFunction('ext_wasm_tracing_exit_version_1', 'i64 -> void', () => {}),
  // The off-chain index and the transaction index live outside the state: nothing that a check can see.
  hostFunction('ext_offchain_index_set_version_1', 'ps ps -> void', () => {}),
  hostFunction('ext_offchain_index_clear_version_1', 'ps -> void', () => {}),
  hostFunction('ext_transaction_index_index_version_1', 'i32 i32 ptr -> void', () => {}),
  hostFunction('ext_transaction_index_renew_version_1', 'i32 ptr -> void', () => {}),
]
