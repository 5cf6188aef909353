/**
 * `npm run field -- DIR [--only TEXT] [--timeout SECONDS] [--keep DIR] [--json] [-- check arguments]`: upgrades each chain of
 * which DIR holds a raw spec (`*.json`, `*.json.gz`) to the runtime that it runs already, and prints what `drydock check` finds.
 * A finding other than that the version is not raised is a fault of the check that made it. Progress goes to stderr, the table to stdout.
 * Exits with 1 when something was found or a chain has no report, with 2 on a flag that it does not know.
 */
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { errorMessage } from '../../harness/base/errors.ts'
import { formatFieldTable, outcomeOf } from './fieldTable.ts'
import { type FieldRow, selfUpgrade } from './selfUpgrade.ts'

const { folder, only, json, ...options } = readFlags()
const files = readdirSync(folder)
  .filter((name) => /\.json(\.gz)?$/.test(name) && name.includes(only))
  .sort()
const rows: FieldRow[] = []
for (const file of files) {
  const row = await selfUpgrade(folder, file, options)
  rows.push(row)
  process.stderr.write(formatFieldTable([row]).split('\n').slice(0, -2).join('\n').concat('\n'))
}
process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : formatFieldTable(rows))
if (rows.some((row) => ['noisy', 'noReport'].includes(outcomeOf(row)))) process.exitCode = 1

function readFlags() {
  try {
    const [own, checkArguments] = splitArguments(process.argv.slice(2))
    const { values, positionals } = parseArgs({
      args: [...own],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        timeout: { type: 'string', default: '900' },
        keep: { type: 'string' },
      },
    })
    const [given] = positionals
    if (given === undefined || positionals.length > 1) throw new Error('give one folder of raw chain specs')
    const seconds = Number(values.timeout)
    if (!Number.isInteger(seconds) || seconds < 1) throw new Error('--timeout takes seconds, such as 900')
    const keep = values.keep === undefined ? null : resolve(values.keep)
    const { json: isJson, only: text } = values
    return {
      folder: resolve(given),
      only: text,
      json: isJson,
      keep,
      timeoutMs: seconds * 1000,
      checkArguments,
    }
  } catch (error) {
    process.stderr.write(`${errorMessage(error)}\n`)
    process.exit(2)
  }
}

/** What stands after `--` is for `drydock check`. */
function splitArguments(all: readonly string[]): readonly [readonly string[], readonly string[]] {
  const at = all.indexOf('--')
  return at < 0 ? [all, []] : [all.slice(0, at), all.slice(at + 1)]
}
