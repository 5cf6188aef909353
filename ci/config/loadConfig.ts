import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { DrydockError, errorMessage } from '../../harness/base/errors.ts'
import { configSchema, type DrydockConfig } from '../api/configSchema.ts'
import { ALL_CHECKS } from './allChecks.ts'
import { loadModule } from './loadModule.ts'

/** A configuration, and where its relative paths start. */
export interface LoadedConfig {
  readonly config: DrydockConfig
  /** Null when there is none. */
  readonly path: string | null
  readonly folder: string
}

/** A check that is there only when a folder of scenarios is given. */
const SCENARIOS = 'scenarios.run'
const NAMES = ['drydock.config.ts', 'drydock.config.js', 'drydock.config.mjs', 'drydock.config.json']

/**
 * Reads the configuration at `path`, or the one in `folder`; without one, everything is as usual. Throws `CONFIG_MISSING`,
 * `CONFIG_INVALID` and `MODULE_FAILED`.
 */
export async function loadConfig(path: string | null, folder: string): Promise<LoadedConfig> {
  const found =
    path === null ? (NAMES.map((name) => join(folder, name)).find(isFile) ?? null) : resolve(folder, path)
  if (found === null) return { config: {}, path: null, folder }
  if (!isFile(found)) {
    throw new DrydockError(`there is no configuration at ${found}`, {
      code: 'CONFIG_MISSING',
      kind: 'usage',
      details: { path: found },
    })
  }
  const raw = found.endsWith('.json') ? readJson(found) : await loadModule(found)
  const config = parseConfig(found, raw)
  assertKnownNames(found, config)
  return { config, path: found, folder: dirname(found) }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw invalid(path, [errorMessage(cause)])
  }
}

function parseConfig(path: string, raw: unknown): DrydockConfig {
  const parsed = configSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  throw invalid(path, schemaIssues(parsed.error))
}

/** One line for each thing that is wrong, with where it is. */
export function schemaIssues(error: z.ZodError): readonly string[] {
  return error.issues.map(({ path: where, message }) =>
    where.length === 0 ? message : `${z.core.toDotPath(where)}: ${message}`,
  )
}

/**
 * A misspelled check or rule would silence nothing, and nobody would see it. Invariants of the user's own have names that only
 * their modules tell.
 */
function assertKnownNames(path: string, { checks = {}, allow = [] }: DrydockConfig): void {
  const known = new Map(ALL_CHECKS.map(({ id, rules }) => [id, rules.map((rule) => rule.id)]))
  const issues: string[] = []
  const look = (where: string, check: string, rules: readonly string[]) => {
    const has = known.get(check)
    if (has === undefined) {
      if (!check.startsWith('invariants.') && check !== SCENARIOS)
        issues.push(`${where}: there is no check ${JSON.stringify(check)}`)
      return
    }
    for (const rule of rules) {
      if (!has.includes(rule)) {
        issues.push(`${where}: ${check} has no rule ${JSON.stringify(rule)}; its rules are ${has.join(', ')}`)
      }
    }
  }
  for (const [check, { severity = {} }] of Object.entries(checks)) {
    look(`checks.${check}`, check, Object.keys(severity))
  }
  for (const [i, { check, rule }] of allow.entries()) {
    look(`allow[${i}]`, check, rule === undefined ? [] : [rule])
  }
  if (issues.length > 0) throw invalid(path, issues)
}

function invalid(path: string, issues: readonly string[]): DrydockError {
  return new DrydockError(`the configuration ${path} is not valid: ${issues.join('; ')}`, {
    code: 'CONFIG_INVALID',
    kind: 'usage',
    hints: ['docs/configuration.md says what each field takes; drydock check --list names the checks.'],
    details: { path },
  })
}
