import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SOURCE_FOLDERS } from './importGraph.ts'

const ROOT = new URL('../../../', import.meta.url)

/** `area/room` of each indented line in the first block of the page. */
function documentedRooms(page: string): readonly string[] {
  const [, tree = ''] = page.split('```\n')
  const rooms: string[] = []
  let area = ''
  for (const line of tree.split('\n')) {
    const [, indent, name] = /^( *)(\w+)\/ /.exec(line) ?? []
    if (name === undefined) continue
    if (indent === '') area = name
    else rooms.push(`${area}/${name}`)
  }
  return rooms
}

/** Folders with a file somewhere in them: git does not know the others. */
function roomsOnDisk(area: string): readonly string[] {
  return readdirSync(new URL(`${area}/`, ROOT), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasFile(new URL(`${area}/${entry.name}/`, ROOT)))
    .map((entry) => `${area}/${entry.name}`)
}

function hasFile(folder: URL): boolean {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).some((entry) => entry.isFile())
}

describe('the tree of ARCHITECTURE.md', () => {
  it('has every folder that is there, and no other', () => {
    const documented = documentedRooms(readFileSync(new URL('ARCHITECTURE.md', ROOT), 'utf8'))
    expect([...documented].sort()).toEqual(SOURCE_FOLDERS.flatMap(roomsOnDisk).sort())
  })

  it('is read with areas and rooms', () => {
    expect(documentedRooms('x\n```\nci/   top\n  cli/  main\nfuzz/  all\n  prove/ proofs\n```\n')).toEqual([
      'ci/cli',
      'fuzz/prove',
    ])
  })
})
