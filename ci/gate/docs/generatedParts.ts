import { z } from 'zod'
import type { Check } from '../../../scenarios/check/check.ts'
import { configSchema } from '../../api/configSchema.ts'
import { createScenarioCheck } from '../../commands/check/scenarioCheck.ts'
import { ALL_CHECKS } from '../../config/allChecks.ts'

/** A part of a page that is made from the code, between `<!-- name -->` and `<!-- /name -->`. */
export interface GeneratedPart {
  /** Path of the page from the folder `docs`. */
  readonly page: string
  readonly name: string
  readonly text: string
}

/** All checks that have a page: the catalog, and the one that runs scenario files. */
export function documentedChecks(): readonly Check[] {
  return [...ALL_CHECKS, createScenarioCheck('scenarios')]
}

/** Every part of the documentation that is made from the code. */
export function generatedParts(): readonly GeneratedPart[] {
  const checks = documentedChecks()
  return [
    ...checks.map((check) => ({ page: `checks/${check.id}.md`, name: 'rules', text: rulesTable(check) })),
    { page: 'checks/README.md', name: 'catalog', text: catalogTable(checks) },
    { page: 'configuration.md', name: 'reference', text: configReference() },
  ]
}

/** The page of a new check, for its author to fill: title, why, rules, and the sections that every page has. */
export function newCheckPage({ id, title, why }: Check): string {
  const heading = `# ${id}: ${title.charAt(0).toLowerCase()}${title.slice(1)}`
  const sections = ['## How to read it', '## What to do', '## Silence it', '## See it']
  const rules = '## Rules\n\n<!-- rules -->\n<!-- /rules -->'
  return `${[heading, why, '## What it looks at', rules, ...sections].join('\n\n')}\n`
}

/** The page with its part replaced. Throws when it does not have the two marks, in order, once each. */
export function replacePart(page: string, { name, text, page: path }: GeneratedPart): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [head, body, ...more] = page.split(start)
  const [, tail, ...after] = (body ?? '').split(end)
  if (head === undefined || tail === undefined || more.length > 0 || after.length > 0) {
    throw new Error(`docs/${path} has to have ${start} and ${end} once each`)
  }
  return `${head}${start}\n\n${text}\n\n${end}${tail}`
}

function rulesTable({ rules }: Check): string {
  if (rules.length === 0) return 'It has no rules: it shows data and makes no findings.'
  return table(
    ['rule', 'usually', 'it says'],
    rules.map(({ id, severity, says }) => [`\`${id}\``, severity, says]),
  )
}

function catalogTable(checks: readonly Check[]): string {
  return table(
    ['check', 'profile', 'what holds when it passes'],
    checks.map((check) => [`[${check.id}](${check.id}.md)`, profileOf(check), check.title]),
  )
}

function profileOf({ id, profile = 'quick' }: Check): string {
  return id === 'scenarios.run' ? '`--scenarios`' : profile
}

/** What is read of a JSON schema. */
const nodeSchema = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.string()).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  get properties() {
    return z.record(z.string(), nodeSchema).optional()
  },
  required: z.array(z.string()).optional(),
  get items() {
    return nodeSchema.optional()
  },
  get additionalProperties() {
    return z.union([z.boolean(), nodeSchema]).optional()
  },
})
type Node = z.infer<typeof nodeSchema>

/** Every field of a configuration, by its path. */
function configReference(): string {
  const root = nodeSchema.parse(z.toJSONSchema(configSchema, { io: 'input' }))
  return table(['field', 'value', 'meaning'], [...fieldRows(root, '')])
}

function* fieldRows(node: Node, path: string): Iterable<readonly string[]> {
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    const full = path === '' ? name : `${path}.${name}`
    const needed = path !== '' && (node.required ?? []).includes(name) ? ' Required.' : ''
    yield [`\`${full}\``, valueText(field), `${field.description ?? ''}${needed}`.trim()]
    yield* fieldRows(field, full)
    if (field.items !== undefined) yield* fieldRows(field.items, `${full}[]`)
    const { additionalProperties: values } = field
    if (typeof values === 'object') yield* fieldRows(values, `${full}.ID`)
  }
}

function valueText({ type, enum: names, items, format, pattern, additionalProperties }: Node): string {
  if (names !== undefined) return names.join(', ')
  if (items !== undefined) return `list of ${items.type === 'object' ? 'entries' : `${items.type}s`}`
  if (typeof additionalProperties === 'object') return `by name: ${valueText(additionalProperties)}`
  if (format === 'date') return 'date'
  if (type === 'string' && pattern !== undefined) return 'time'
  return type === 'object' ? 'fields' : (type ?? 'any')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
