/** Keys that come first, in this order; all others follow by name. */
const LEADING_KEYS: readonly string[] = [
  'schemaVersion',
  'tool',
  'verdict',
  'inputs',
  'id',
  'check',
  'severity',
  'title',
  'status',
  'name',
  'number',
  'item',
]

/** Records whose names a check chose, in an order that says something. */
const ORDERED_RECORDS: ReadonlySet<string> = new Set(['facts', 'measures', 'limits'])

/** Characters that JSON allows in a string but that a terminal or an editor acts on. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu

/** What a CI log obeys anywhere in a line (see `text/inertLine.ts`); in JSON it can only be within a string. */
const LOG_COMMAND = /##(?=\w*\[)/g

/**
 * Plain data as indented JSON that ends in a newline. The same data gives the same bytes: keys have a fixed order, but for the
 * names of facts and measures, which keep theirs. A `bigint` becomes a decimal string, whatever its size; bytes become hex.
 * Control and format characters are escaped, so that the text is inert in a terminal and in a CI log too.
 */
export function renderJson(data: unknown): string {
  const text = JSON.stringify(toPlain(data), null, 2)
  return `${text.replace(UNSAFE_IN_JSON, escapeUnits).replaceAll(LOG_COMMAND, '#\\u0023')}\n`
}

function toPlain(value: unknown, keepsOrder = false): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return value.map((inner) => toPlain(inner))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  if (!keepsOrder) entries.sort(([a], [b]) => compareKeys(a, b))
  return Object.fromEntries(entries.map(([key, inner]) => [key, toPlain(inner, ORDERED_RECORDS.has(key))]))
}

function compareKeys(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)
}

function rank(key: string): number {
  const index = LEADING_KEYS.indexOf(key)
  return index === -1 ? LEADING_KEYS.length : index
}

function escapeUnits(character: string): string {
  let escaped = ''
  for (let i = 0; i < character.length; i++) {
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  }
  return escaped
}
