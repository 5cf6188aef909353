/**
 * What `--reporter` names, and what its file in `--out` is called; null for one that writes to stdout alone. `github`: as in a
 * terminal, and annotations after it. `report.json` is written last, which says that the other files are there.
 */
const FILE_NAMES = {
  terminal: null,
  github: null,
  html: 'report.html',
  markdown: 'report.md',
  comment: 'comment.md',
  junit: 'junit.xml',
  sarif: 'report.sarif',
  json: 'report.json',
} as const

export type Reporter = keyof typeof FILE_NAMES

/** The files of a report's folder, by reporter, in the order in which they are written. */
export const REPORT_FILES: ReadonlyMap<Reporter, string> = new Map(
  names().flatMap((name) => {
    const file = FILE_NAMES[name]
    return file === null ? [] : [[name, file] as const]
  }),
)

export const REPORTERS: readonly Reporter[] = names()

function names(): readonly Reporter[] {
  // SAFETY: the object above is a literal; it has no other keys.
  return Object.keys(FILE_NAMES) as Reporter[]
}
