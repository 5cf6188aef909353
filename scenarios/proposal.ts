/** The call that governance is about to make, as the user gave it. */
export interface Proposal {
  /** SCALE bytes of the call, as the runtime on chain encodes it. */
  readonly call: Uint8Array
  /** 32-byte account that will sign it, or `root` for a call that governance dispatches with the origin Root. */
  readonly origin: Uint8Array | 'root'
}
