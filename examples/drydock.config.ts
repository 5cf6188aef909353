import { defineConfig } from 'drydock'

/** Beside the runtime's sources, as drydock.config.ts. Command-line options win over it. */
export default defineConfig({
  // The whole catalog before a release; --profile quick for each push.
  profile: 'full',
  // Paths are relative to this file.
  invariants: ['invariants/subnetLimits.ts'],
  scenarios: 'scenarios',
  // Nodes of this chain have 4 s for a block; warn at half of it.
  limits: { blockWarnMs: 2_000, blockFailMs: 4_000 },
  checks: {
    // The sweep goes through a whole tempo of every subnet.
    'blocks.sweep': { deadline: '20m' },
  },
  // What is known and accepted, with a reason and a last day.
  allow: [],
})
