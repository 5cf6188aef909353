import { encodeUint } from '../../codec/scale.ts'
import { type HostFunction, hostFunction } from './hostFunction.ts'

/**
 * `frame_benchmarking::benchmarking`: imported by runtimes built with `runtime-benchmarks`, some of which were deployed.
 * Nothing is recorded, so whitelists are empty and counts are zero.
 */
export const benchmarkingHostFunctions: readonly HostFunction[] = [
  row('current_time', '-> ptr', (host) => host.givePointer(encodeUint(0n, 16))),
  row('wipe_db', '-> void', () => {}),
  row('commit_db', '-> void', () => {}),
  row('read_write_count', '-> ps', (host) => host.give(new Uint8Array(16))),
  row('reset_read_write_count', '-> void', () => {}),
  row('get_whitelist', '-> ps', (host) => host.give(new Uint8Array([0]))),
  row('set_whitelist', 'ps -> void', () => {}),
  row('add_to_whitelist', 'ps -> void', () => {}),
  row('remove_from_whitelist', 'ps -> void', () => {}),
  row('get_read_and_written_keys', '-> ps', (host) => host.give(new Uint8Array([0]))),
  row('proof_size', '-> ps', (host) => host.giveOption(null)),
]

function row(method: string, signature: string, run: HostFunction['run']): HostFunction {
  return hostFunction(`ext_benchmarking_${method}_version_1`, signature, run)
}
