/** Why a walk ended before its end: a limit, named. Caught by whoever started the walk; never shown as an error. */
export class WalkStop extends Error {
  readonly reason: 'steps' | 'time' | 'interrupted' | 'cells' | 'unrolled' | 'unsupported'

  constructor(reason: WalkStop['reason'], message: string) {
    super(message)
    this.name = 'WalkStop'
    this.reason = reason
  }
}
