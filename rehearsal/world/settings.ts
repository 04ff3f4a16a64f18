import path from 'node:path';

import { stringify, type TomlTable } from 'smol-toml';

import { root } from '../../tools/paths.mjs';
import type { IndexStandIn } from '../index/contract.js';
import type { BaseUrls } from '../language-model.js';
import { modelKeys, ownerAccount, type StandIns } from './stand-ins.js';
import type { PeoplesKeys } from './keys.js';
import { people } from './people.js';
import type { WorldOptions } from './world.js';

const yankCommand = path.join(root, 'rehearsal', 'index', 'yank-command.mjs');

/** The service's own settings for a rehearsal, as a maintainer would write them. */
export function settingsFor(
  options: WorldOptions,
  { forge, test, production, languageModel, coverage }: StandIns,
  keys: PeoplesKeys,
  webUi: string,
): string {
  const { callRecord, ...model } = languageModel.forRun('{run}');
  return stringify({
    state: path.join(options.folder, 'state'),
    cache: path.join(options.folder, 'cache'),
    approvers: [...people],
    people: keysOf(keys),
    // A rehearsal judges a package by its own demands.
    'least-coverage': 0,
    quorum: 1,
    watch: options.watchSeconds,
    // A short watch is to show its probe at work, too.
    probes: { index: { interval: Math.max(1, Math.floor(options.watchSeconds / 3)) } },
    'web-ui': webUi,
    'build-secrets': [...Object.keys(modelKeys), ...(options.secrets ?? [])],
    'test-environment': variablesOf(model),
    'call-record': callRecord,
    network: { 'main-index': production.simpleUrl },
    test: { ...address('test-stand-in', test), token: 'TEST_INDEX_TOKEN' },
    production: {
      ...address('production-stand-in', production),
      ...(options.trusted ? { publisher: 'trusted' } : { token: 'PRODUCTION_INDEX_TOKEN' }),
      yanks: true,
    },
    yank: {
      drivers: ['web', 'command'],
      web: ownerAccount,
      command: [process.execPath, yankCommand, '{package}', '{version}', '{reason}'],
      secrets: ['STAND_IN_INDEX', 'STAND_IN_OWNER'],
    },
    codecov: { upload: coverage.url, wait: '1m' },
    packages: packagesOf(options, forge),
    ...options.settings,
  });
}

function keysOf(keys: PeoplesKeys): TomlTable {
  return Object.fromEntries(people.map((person) => [person, { keys: [keys[person].publicKey] }]));
}

function address(name: string, index: IndexStandIn) {
  return { name, upload: index.uploadUrl, simple: index.simpleUrl };
}

/** The addresses of the language models by the names under which the providers' libraries look for them. */
function variablesOf({ openaiBaseUrl, anthropicBaseUrl }: BaseUrls): Record<string, string> {
  return {
    OPENAI_BASE_URL: openaiBaseUrl,
    OPENAI_API_BASE: openaiBaseUrl,
    ANTHROPIC_BASE_URL: anthropicBaseUrl,
    ANTHROPIC_API_URL: anthropicBaseUrl,
  };
}

/** The packages that the service may release, as its settings have them. */
function packagesOf(options: WorldOptions, forge: StandIns['forge']): Record<string, TomlTable> {
  const repositories = { [options.package]: options.repository, ...options.packages };
  const packages = Object.fromEntries(
    Object.entries(repositories).map(([name, repository]): [string, TomlTable] => [
      name,
      // Its folder does not tell the name that the coverage has there.
      { repository, codecov: `github/rehearsal/${name}` },
    ]),
  );
  const own = {
    ...packages[options.package],
    ...(options.base === undefined ? {} : { base: options.base }),
    ...(forge && {
      repository: forge.repository,
      forge: { ...forge.settings, 'publishing-workflows': options.publishingWorkflows ?? 'refuse' },
    }),
  };
  return { ...packages, [options.package]: own };
}
