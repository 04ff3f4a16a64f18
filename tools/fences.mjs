// Who may import whom: one table for ESLint (eslint.config.js) and for test/architecture.

const wayOut = [
  'child_process',
  'cluster',
  'dgram',
  'http',
  'http2',
  'https',
  'net',
  'tls',
  'worker_threads',
];
const programs = ['client', 'up', 'worker'];

/**
 * A layer of the code. What it does not name it may not import.
 * @typedef {object} Layer
 * @property {string} name
 * @property {string[]} places its folders (with a slash at the end) and files, from the root of the checkout; where a
 *   file lies in more than one, the longest counts
 * @property {string[]} layers whose files it may import, beside its own
 * @property {string[]} packages it may import
 * @property {boolean} node whether it may import Node's own modules
 * @property {string[]} [nodeExcept] those of them that it may not
 * @property {string[]} globals it may not use
 */

/** @type {Layer[]} */
export const layers = [
  {
    name: 'contract',
    places: ['src/contract/'],
    layers: [],
    packages: ['@noble/hashes', '@renovatebot/pep440', '@temporalio/common'],
    node: false,
    globals: ['process', 'setTimeout', 'setInterval', 'fetch', 'crypto', 'Buffer', 'globalThis'],
  },
  {
    name: 'workflows',
    places: ['src/workflows/'],
    layers: ['contract'],
    packages: ['@temporalio/common', '@temporalio/workflow'],
    node: false,
    globals: ['process', 'setInterval', 'fetch', 'crypto', 'Buffer', 'globalThis'],
  },
  {
    name: 'config',
    places: ['src/config/'],
    layers: ['contract'],
    packages: ['@renovatebot/pep440', '@temporalio/envconfig', 'luxon', 'pino', 'smol-toml', 'zod'],
    node: true,
    nodeExcept: wayOut,
    globals: ['fetch'],
  },
  {
    name: 'evidence',
    places: ['src/evidence/'],
    layers: ['contract'],
    packages: ['zod'],
    node: true,
    nodeExcept: wayOut,
    globals: ['fetch'],
  },
  {
    name: 'activities',
    places: ['src/activities/'],
    layers: ['contract', 'config', 'evidence', 'support'],
    packages: [
      '@octokit/core',
      '@octokit/plugin-paginate-rest',
      '@octokit/plugin-rest-endpoint-methods',
      '@renovatebot/pep440',
      '@temporalio/activity',
      '@temporalio/client',
      '@temporalio/common',
      'parse5',
      'smol-toml',
      'tough-cookie',
      'yaml',
      'zod',
    ],
    node: true,
    nodeExcept: wayOut,
    globals: ['fetch'],
  },
  {
    name: 'support',
    places: ['src/activities/support/'],
    layers: ['contract', 'config', 'evidence', 'tools'],
    packages: [
      '@octokit/auth-app',
      '@octokit/core',
      '@renovatebot/pep440',
      '@temporalio/activity',
      '@temporalio/common',
      'execa',
      'pino',
      'undici',
      'zod',
    ],
    node: true,
    globals: [],
  },
  {
    name: 'client',
    places: ['src/client.ts', 'src/client/'],
    layers: ['contract', 'config', 'evidence', 'tools'],
    packages: ['@temporalio/client', '@temporalio/common', 'commander', 'zod'],
    node: true,
    globals: ['fetch'],
  },
  {
    name: 'up',
    places: ['src/up.ts', 'src/up/'],
    layers: ['contract', 'config', 'tools'],
    packages: ['@temporalio/client', '@temporalio/common', 'commander', 'pino'],
    node: true,
    globals: ['fetch'],
  },
  {
    name: 'worker',
    places: ['src/worker.ts', 'src/direct.ts', 'src/notify.ts', 'src/worker/'],
    layers: ['contract', 'workflows', 'config', 'activities', 'support', 'tools'],
    packages: ['@temporalio/client', '@temporalio/common', '@temporalio/worker', 'pino'],
    node: true,
    globals: ['fetch'],
  },
  {
    name: 'rehearsal',
    places: ['rehearsal/'],
    layers: ['contract', 'workflows', 'config', 'evidence', 'activities', 'support', 'tools', ...programs],
    packages: [
      '@noble/hashes',
      '@renovatebot/pep440',
      '@temporalio/client',
      '@temporalio/common',
      'commander',
      'execa',
      'smol-toml',
      'yaml',
      'zod',
    ],
    node: true,
    globals: [],
  },
  {
    name: 'acceptance',
    places: ['acceptance/'],
    layers: ['contract', 'config', 'rehearsal', 'tools', ...programs],
    packages: ['execa', 'prettier', 'smol-toml', 'zod'],
    node: true,
    globals: [],
  },
  {
    name: 'tools',
    places: ['tools/'],
    layers: [],
    packages: ['@temporalio/testing', '@temporalio/worker', 'esbuild'],
    node: true,
    globals: [],
  },
];
