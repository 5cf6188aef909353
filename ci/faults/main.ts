/**
 * `npm run faults -- DIR|demo [--fork SOURCE] [--profile quick|full] [--only TEXT] [--json]`: what Drydock says of each candidate in
 * a folder (every `.wasm` in it), or of each seeded fault of the demo. A table of fault, verdict, by what, and minutes on stdout;
 * progress on stderr. Exits with 0 when every candidate got a verdict or none, with 2 on a flag that it does not know.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { errorMessage } from '../../harness/base/errors.ts'
import { readDemoFaults } from '../../scenarios/demo/chain/index.ts'
import { type FaultRow, toFaultRow } from './faultRow.ts'
import { formatFaults } from './faultTable.ts'

const DRYDOCK = fileURLToPath(new URL('../bin/drydock.js', import.meta.url))
const WASM = '.wasm'

interface Candidate {
  readonly name: string
  /** As `--runtime` takes it. */
  readonly runtime: string
}

const flags = readFlags()
const rows: FaultRow[] = []
for (const candidate of candidatesIn(flags.from)) {
  const row = await runOne(candidate)
  process.stderr.write(`${row.name}: ${row.verdict}, ${row.minutes.toFixed(1)} min\n`)
  rows.push(row)
}
process.stdout.write(flags.json ? `${JSON.stringify(rows, null, 2)}\n` : formatFaults(rows))

async function runOne({ name, runtime }: Candidate): Promise<FaultRow> {
  const startMs = performance.now()
  const args = [
    'check',
    '--fork',
    flags.fork,
    '--runtime',
    runtime,
    '--profile',
    flags.profile,
    '--json',
    '--quiet',
  ]
  const { stdout, stderr } = await execa(process.execPath, [DRYDOCK, ...args], {
    reject: false,
    maxBuffer: 512 * 1024 * 1024,
  })
  return toFaultRow({ name, json: stdout, error: stderr, minutes: (performance.now() - startMs) / 60_000 })
}

function candidatesIn(from: string): readonly Candidate[] {
  const all =
    from === 'demo'
      ? ['v2', ...readDemoFaults().faults.map(({ name }) => name)].map((name) => ({
          name,
          runtime: `demo:${name}`,
        }))
      : readdirSync(from)
          .filter((file) => file.endsWith(WASM))
          .sort()
          .map((file) => ({
            name: file.replace(/(\.compact)?(\.compressed)?\.wasm$/, ''),
            runtime: join(from, file),
          }))
  return all.filter(({ name }) => name.includes(flags.only))
}

function readFlags() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        fork: { type: 'string', default: 'demo' },
        profile: { type: 'string', default: 'full' },
        only: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
      },
    })
    const [from] = positionals
    if (from !== undefined && positionals.length === 1) return { ...values, from }
    process.stderr.write('Give one folder of candidates, or demo.\n')
  } catch (error) {
    process.stderr.write(`${errorMessage(error)}\n`)
  }
  process.exit(2)
}
