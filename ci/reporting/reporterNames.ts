/** What `--reporter` names. `github`: as in a terminal, and annotations after it. */
export const REPORTERS = [
  'terminal',
  'github',
  'json',
  'html',
  'markdown',
  'comment',
  'junit',
  'sarif',
] as const

export type Reporter = (typeof REPORTERS)[number]

/** What each reporter's file in `--out` is called; one without a name writes to stdout alone. `report.json` comes last. */
export const REPORT_FILES: ReadonlyMap<Reporter, string> = new Map([
  ['html', 'report.html'],
  ['markdown', 'report.md'],
  ['comment', 'comment.md'],
  ['junit', 'junit.xml'],
  ['sarif', 'report.sarif'],
  ['json', 'report.json'],
])
