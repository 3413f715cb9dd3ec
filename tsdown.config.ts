// The published package: one entry for each export, the command, the server's own start for the process tier, and
// the simulation's thread.
import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: {
    'server/index': 'server/index.ts',
    'server/main': 'server/main.ts',
    'client/index': 'client/index.ts',
    'model/index': 'model/index.ts',
    'properties/index': 'properties/index.ts',
    'fault/index': 'fault/index.ts',
    'campaign/cli': 'campaign/cli.ts',
    'campaign/simulation-worker': 'campaign/simulation-worker.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  dts: true,
})
