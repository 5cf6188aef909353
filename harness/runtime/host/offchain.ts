import { HostError } from './hostError.ts'
import { type HostFunction, hostFunction } from './hostFunction.ts'

/**
 * Off-chain calls: the world outside a dry dock does not answer. A node panics when they are made outside an off-chain
 * worker; here they are recorded as denied and end the call the same way.
 */
export const offchainHostFunctions: readonly HostFunction[] = [
  denied('is_validator_version_1', '-> i32'),
  denied('submit_transaction_version_1', 'ps -> ps'),
  denied('network_state_version_1', '-> ps'),
  denied('timestamp_version_1', '-> i64'),
  denied('sleep_until_version_1', 'i64 -> void'),
  denied('random_seed_version_1', '-> ptr'),
  denied('local_storage_set_version_1', 'i32 ps ps -> void'),
  denied('local_storage_clear_version_1', 'i32 ps -> void'),
  denied('local_storage_get_version_1', 'i32 ps -> ps'),
  denied('local_storage_compare_and_set_version_1', 'i32 ps ps ps -> i32'),
  denied('http_request_start_version_1', 'ps ps ps -> ps'),
  denied('http_request_add_header_version_1', 'i32 ps ps -> ps'),
  denied('http_request_write_body_version_1', 'i32 ps ps -> ps'),
  denied('http_response_wait_version_1', 'ps ps -> ps'),
  denied('http_response_headers_version_1', 'i32 -> ps'),
  denied('http_response_read_body_version_1', 'i32 ps ps -> ps'),
  denied('set_authorized_nodes_version_1', 'ps i32 -> void'),
]

function denied(method: string, signature: string): HostFunction {
  const name = `ext_offchain_${method}`
  return hostFunction(name, signature, (host) => {
    host.deny(name)
    throw new HostError('trap', `${name} was denied: a runtime under test has no outside world`)
  })
}
