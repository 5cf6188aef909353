import { setImmediate } from 'node:timers/promises'

/**
 * Lets timers, messages and signals in, in the middle of work that keeps the thread to itself. Throws the reason of `signal`
 * once that is aborted.
 */
export async function yieldToEvents(signal?: AbortSignal): Promise<void> {
  await setImmediate()
  signal?.throwIfAborted()
}
