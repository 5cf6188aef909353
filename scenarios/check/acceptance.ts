import type { Finding, Severity } from '../../reports/model/finding.ts'

/** A finding that the user knows and takes responsibility for. */
export interface AcceptanceEntry {
  /** Id of the check. */
  readonly check: string
  /** Id of the rule; default: every rule of the check. */
  readonly rule?: string
  /** The finding's subject, `*` for any text; default: every subject. */
  readonly subject?: string
  readonly reason: string
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string
}

export interface FindingSettings {
  /** Severities by `check/rule`; `off` drops the finding. */
  readonly severities: ReadonlyMap<string, Severity | 'off'>
  readonly acceptances: readonly AcceptanceEntry[]
  /** `YYYY-MM-DD`, in UTC. */
  readonly today: string
}

/** What the user's settings make of findings, and which of the settings had something to do. */
export class Acceptances {
  readonly #settings: FindingSettings
  readonly #used = new Set<AcceptanceEntry>()

  constructor(settings: FindingSettings) {
    this.#settings = settings
  }

  /** Severities as set, allowed findings marked as accepted. An acceptance that has expired accepts nothing and says so. */
  apply(findings: readonly Finding[]): readonly Finding[] {
    return findings.flatMap((finding) => {
      const severity = this.#settings.severities.get(`${finding.check}/${finding.rule}`) ?? finding.severity
      return severity === 'off' ? [] : [this.#accept({ ...finding, severity })]
    })
  }

  #accept(finding: Finding): Finding {
    const matching = this.#settings.acceptances.filter((acceptance) => isAbout(acceptance, finding))
    for (const acceptance of matching) this.#used.add(acceptance)
    const valid = matching.find(({ until }) => until >= this.#settings.today)
    if (valid !== undefined) {
      return { ...finding, accepted: { reason: valid.reason, until: valid.until } }
    }
    const [expired] = matching
    if (expired === undefined) return finding
    const note = `was accepted until ${expired.until}: ${expired.reason}`
    return { ...finding, evidence: [note, ...finding.evidence] }
  }

  /** Acceptances that matched no finding: what they were for is gone, or misspelled. */
  unused(): readonly AcceptanceEntry[] {
    return this.#settings.acceptances.filter((acceptance) => !this.#used.has(acceptance))
  }
}

/** True when an acceptance is for a finding, whatever the day. */
export function isAbout({ check, rule, subject }: AcceptanceEntry, finding: Finding): boolean {
  if (check !== finding.check || (rule !== undefined && rule !== finding.rule)) return false
  return subject === undefined || matchesPattern(subject, finding.subject)
}

/** `*` stands for any text; everything else for itself. */
function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest.slice(0, -1)) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  const last = rest.at(-1) ?? ''
  return text.length - last.length >= at && text.endsWith(last)
}
