/** Packs the project into a folder of its own and looks at what a user gets. Exits with 1 when something is wrong. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MAX_PROBLEMS = 20
const FORBIDDEN = /\.(test|testkit|bench)\.|\.map$|\/(bench|realData|gate|workflows)\/|\.wasm\.ts$/

const packed = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))

const folder = mkdtempSync(join(tmpdir(), 'drydock-package-'))
try {
  const { stdout } = await execa(
    'npm',
    ['pack', '--ignore-scripts=false', '--json', '--pack-destination', folder],
    {
      cwd: ROOT,
      stderr: 'inherit',
    },
  )
  const [tarball] = packed.parse(JSON.parse(stdout.slice(stdout.indexOf('['))))
  if (tarball === undefined) throw new Error('npm pack packed nothing')
  await execa('tar', ['-xzf', join(folder, tarball.filename), '-C', folder])
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'package/node_modules'))
  const bin = join(folder, 'package/ci/bin/drydock.js')
  const version = await execa(process.execPath, [bin, '--version'], { cwd: folder })
  const inspect = await execa(process.execPath, [bin, 'inspect', 'demo:v2', '--json'], { cwd: folder })
  const problems = [
    ...tarball.files
      .filter(({ path }) => FORBIDDEN.test(path))
      .map(({ path }) => `${path} must not be in the package`),
    ...(/^\d+\.\d+\.\d+/.test(version.stdout) ? [] : [`the packed bin says ${version.stdout}`]),
    ...(inspect.stdout.includes('"specVersion": 101') ? [] : ['the packed bin does not know the demo']),
  ]
  process.stdout.write(`${tarball.files.length} files, drydock ${version.stdout}\n`)
  for (const problem of problems.slice(0, MAX_PROBLEMS)) process.stderr.write(`${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
