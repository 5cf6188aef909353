import { createHash } from 'node:crypto'
import { toSafeText } from '../harness/base/safeText.ts'
import type { CheckReport } from './checkReport.ts'
import { renderJson } from './json.ts'
import type { Finding, Severity } from './model/finding.ts'
import { orderedFindings, ruleName, rustLocation } from './summary.ts'

/** Of a run, GitHub keeps the 5,000 most severe. */
const MAX_RESULTS = 5_000
const MAX_TEXT_LENGTH = 1_000
const MAX_EVIDENCE_LINES = 30
const MAX_LINE_LENGTH = 300

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  review: 'warning',
  warning: 'warning',
  info: 'note',
}

/**
 * SARIF 2.1.0. A finding with a place in Rust sources is at that place. Every other one is in the runtime file, which is where
 * it was found, with its subject as the logical place: GitHub refuses a whole file when one result has no physical location.
 */
export function renderSarif(report: CheckReport): string {
  const all = orderedFindings(report)
  const shown = all.slice(0, MAX_RESULTS)
  const rules = ruleIndex(report, shown)
  const { tool, verdict, inputs } = report
  return renderJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Drydock',
            version: tool.version,
            rules: [...rules.values()].map(({ rule }) => rule),
          },
        },
        automationDetails: { id: `drydock/${uriSegment(inputs.fork.network)}/` },
        invocations: [
          {
            executionSuccessful: verdict !== 'inconclusive',
            toolExecutionNotifications: notifications(report),
          },
        ],
        results: shown.map((finding) => toResult(report, finding, rules.get(ruleName(finding))?.index ?? -1)),
        properties: {
          verdict,
          runtimeBlake2b256: inputs.runtime.submittedHash,
          block: inputs.fork.blockNumber,
          resultsLeftOut: all.length - shown.length,
        },
      },
    ],
  })
}

interface IndexedRule {
  readonly index: number
  readonly rule: object
}

function ruleIndex(report: CheckReport, findings: readonly Finding[]): ReadonlyMap<string, IndexedRule> {
  const titles = new Map(report.checks.map(({ id, title }) => [id, title]))
  const rules = new Map<string, IndexedRule>()
  for (const finding of findings) {
    const id = ruleName(finding)
    if (rules.has(id)) continue
    const text = message(titles.get(finding.check) ?? finding.check)
    rules.set(id, { index: rules.size, rule: { id, shortDescription: { text } } })
  }
  return rules
}

function toResult(report: CheckReport, finding: Finding, ruleIndexOf: number): object {
  const { accepted, evidence } = finding
  return {
    ruleId: ruleName(finding),
    ruleIndex: ruleIndexOf,
    level: LEVELS[finding.severity],
    message: { text: message(finding.title) },
    locations: [location(report, finding)],
    partialFingerprints: { 'drydockFinding/v1': fingerprint(finding) },
    ...(evidence.length === 0
      ? {}
      : {
          properties: {
            evidence: evidence
              .slice(0, MAX_EVIDENCE_LINES)
              .map((line) => toSafeText(line.slice(0, MAX_LINE_LENGTH))),
          },
        }),
    ...(accepted === undefined
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: message(`${accepted.reason} (until ${accepted.until})`),
            },
          ],
        }),
  }
}

/** The same from run to run for the same fault. */
function fingerprint(finding: Finding): string {
  const parts = [finding.check, finding.rule, finding.subject]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

function location(report: CheckReport, finding: Finding): object {
  const logicalLocations = [{ fullyQualifiedName: message(finding.subject) }]
  const place = rustLocation(finding)
  if (place === null) {
    const uri = uriSegment(report.inputs.runtime.source.split(/[\\/]/).at(-1) ?? '')
    return { physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } }, logicalLocations }
  }
  const region = { startLine: place.line, ...(place.column === null ? {} : { startColumn: place.column }) }
  return { physicalLocation: { artifactLocation: { uri: sourceUri(place.file) }, region }, logicalLocations }
}

/** A path of a source as a URI: relative, or `file:` for one from the root; never above where it is taken from. */
function sourceUri(file: string): string {
  const parts = file.split(/[\\/]/)
  const isAbsolute = parts[0] === '' || /^[A-Za-z]:$/.test(parts[0] ?? '')
  const path = parts
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map(uriSegment)
    .join('/')
  return isAbsolute ? `file:///${path}` : path
}

function uriSegment(text: string): string {
  return encodeURIComponent(toSafeText(text)) || 'unknown'
}

function notifications({ checks }: CheckReport): readonly object[] {
  return checks.flatMap(({ id, status, reason }) =>
    status === 'inconclusive'
      ? [
          {
            level: 'error',
            message: { text: message(`${id} has no result: ${reason ?? 'no reason given'}`) },
          },
        ]
      : [],
  )
}

/** Plain text: brackets would make a link of it, and braces around a number a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6). */
function message(text: string): string {
  const clipped = text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)} …` : text
  return toSafeText(clipped)
    .replace(/[\\[\]]/g, '\\$&')
    .replace(/\{(\d+)\}/g, '{{$1}}')
}
