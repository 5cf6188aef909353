/** What is known of one chain beyond its metadata. Another chain is another small file, listed in `index.ts`. */
export interface ChainProfile {
  readonly name: string
  /** `RuntimeVersion.spec_name` of the runtimes that it is about. */
  readonly specNames: readonly string[]
  /**
   * False for chains whose transaction_version is never raised, so that their clients must follow the metadata: a changed
   * encoding of calls is then a warning.
   */
  readonly raisesTransactionVersion: boolean
  /** Lines that its runtimes log at error level although nothing is wrong. They are counted, and fail nothing. */
  readonly harmlessErrors: readonly HarmlessError[]
}

export interface HarmlessError {
  readonly target: string
  /** The whole message, but for digits. */
  readonly message: string
  /** Why it is harmless, with the source. */
  readonly reason: string
}

/** True when a profile knows the line for harmless. */
export function isHarmlessError(
  profile: ChainProfile,
  log: { readonly target: string; readonly message: string },
): boolean {
  const message = withoutDigits(log.message)
  return profile.harmlessErrors.some(
    (known) => known.target === log.target && withoutDigits(known.message) === message,
  )
}

function withoutDigits(text: string): string {
  return text.replaceAll(/\d+/g, '#')
}
