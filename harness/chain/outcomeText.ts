import type { Outcome } from '../runtime/executor.ts'

/** What became of a call, in a few words for messages; nothing of the output. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ok':
      return 'ok'
    case 'panic': {
      const { location, message } = outcome
      const at = location === null ? '' : ` at ${location.file}:${location.line}:${location.column}`
      return `the runtime panicked${at}: ${message}`
    }
    case 'limit':
      return `stopped by the ${outcome.limit} limit: ${outcome.message}`
    case 'missingHostFunction':
      return `the runtime called ${outcome.name}, which no host function answers`
    case 'invalid':
      return `could not run: ${outcome.message}`
  }
}
