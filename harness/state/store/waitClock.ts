const TOTAL = 0
const SINCE = 1

/**
 * How long a thread has waited for data from outside, in memory that other threads see: such time belongs to nobody's
 * deadline and to no block. One thread writes, any may read.
 */
export class WaitClock {
  readonly shared: SharedArrayBuffer
  readonly #times: Float64Array

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT)) {
    this.shared = shared
    this.#times = new Float64Array(shared)
  }

  /** Runs `wait` and counts its time. */
  count<T>(wait: () => T): T {
    const startMs = Date.now()
    this.#times[SINCE] = startMs
    try {
      return wait()
    } finally {
      this.#times[TOTAL] = this.endedMs() + (Date.now() - startMs)
      this.#times[SINCE] = 0
    }
  }

  /** Time of the waits that are over. */
  endedMs(): number {
    return this.#times[TOTAL] ?? 0
  }

  /** All time waited so far, a wait under way included. */
  waitedMs(): number {
    const since = this.#times[SINCE] ?? 0
    return this.endedMs() + (since === 0 ? 0 : Math.max(0, Date.now() - since))
  }
}
