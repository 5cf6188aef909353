import type { CheckReport } from './checkReport.ts'
import type { Finding } from './model/finding.ts'
import { checksToVerdict } from './model/verdict.ts'
import { FINDING, READY_REPORT } from './sampleReport.testkit.ts'

/** Texts as a hostile chain, runtime or file name would have them. */
export const HOSTILE_TEXTS: readonly string[] = [
  '<script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)>',
  '"><style>*{display:none}</style><a href="javascript:alert(4)">x</a>',
  "' onmouseover='alert(5)' x='&lt;b&gt; ]]> <!-- --> <?php",
  '\u001b[2J\u001b[31mREADY\u009b1m\u0007\u0000\ufffe',
  '\u202egnp.exe\u2066\u200b\u{e0041}\ud800\u2028\u0085',
  '::error file=a::x\n::set-output name=a::b\r\n##[error]y ##vso[task.setvariable]z',
  '    ::error::indented %0A%25',
  '# heading\n\n- list **bold** _em_ ~~gone~~ [link](https://evil.example) ![image](https://evil.example/x.png)',
  '| a | b |\n|---|---|\n`code` ``` fence \n```\n~~~',
  '@someone #123 GH-1 owner/repo#5 https://evil.example www.evil.example a@b.example :tada: $x^2$',
  '1. one\n2) two\n=====\n---\n> quote\n<details><summary>x</summary>',
  '../../etc/passwd\u0000C:\\con {0} {{1}} $HOME $(id) `id`',
]

/** `report` with a hostile text in every field that is free text: names, titles, facts, cells, logs. */
export function poisoned(report: CheckReport, text: string): CheckReport {
  const finding = (one: Finding): Finding => ({
    ...one,
    rule: text,
    subject: text,
    title: text,
    facts: { [text]: text, location: `${text}.rs:1:2` },
    evidence: [text, text],
    reproduce: text,
    ...(one.accepted === undefined ? {} : { accepted: { ...one.accepted, reason: text } }),
  })
  const { fork, runtime, calls = [] } = report.inputs
  const version = { ...runtime.from, specName: text, implName: text }
  const checks = report.checks.map((check) => ({
    ...check,
    title: text,
    ...(check.reason === undefined ? {} : { reason: text }),
    findings: check.findings.map(finding),
    measures: { [text]: text },
    tables: (check.tables ?? []).map((table) => ({
      ...table,
      title: text,
      columns: table.columns.map((column) => ({ ...column, name: text })),
      rows: table.rows.map((row) => row.map((cell) => (typeof cell === 'string' ? text : cell))),
    })),
  }))
  return {
    ...report,
    tool: { name: text, version: text },
    inputs: {
      fork: { ...fork, source: text, network: text },
      runtime: { ...runtime, source: text, from: version, version },
      calls: calls.map((call) => ({ ...call, name: text, note: text })),
    },
    settings: { ...report.settings, profile: text, limits: { [text]: 1 } },
    machine: { cpu: text, cores: 1, node: text },
    checks,
    notRequested: [{ id: text, why: text }],
    notes: [text],
    assumptions: [text],
    ...(report.upgrade === undefined
      ? {}
      : { upgrade: { ...report.upgrade, logs: [{ level: 1, target: text, message: text }] } }),
    storageDiff: (report.storageDiff ?? []).map((row) => ({ ...row, item: text })),
  }
}

/** A report with `count` findings of a few checks and rules, each with facts and a stack; none counts for more than another. */
export function reportOfFindings(count: number): CheckReport {
  const checks = ['blocks.run', 'storage.decode', 'metadata.diff'].map((id, which) => ({
    id,
    title: `Check ${which}`,
    status: 'failed' as const,
    durationMs: 1,
    findings: Array.from(
      { length: Math.ceil((count - which) / 3) },
      (_, index): Finding => ({
        ...FINDING,
        check: id,
        rule: `rule${index % 7}`,
        severity: 'error',
        subject: `SubtensorModule.Item${index}`,
        title: `The value of SubtensorModule.Item${index} no longer decodes with the types of the candidate`,
        evidence: Array.from(
          { length: 12 },
          (_frame, depth) => `${depth}: pallet_subtensor::epoch::frame${depth}`,
        ),
      }),
    ),
  }))
  return { ...READY_REPORT, checks, verdict: checksToVerdict(checks) }
}
