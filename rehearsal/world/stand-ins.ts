import path from 'node:path';

import { cacheFolder } from '../../tools/paths.mjs';
import { startCoverageService, type CoverageService } from '../coverage-service/stand-in.js';
import { publishEnvironment, publishFile } from '../../src/config/publish-workflow.js';
import { makeIdentityProvider } from '../forge/identity.js';
import type { Account, IndexStandIn, TrustedPublisher } from '../index/contract.js';
import { startIndex } from '../index/stand-in.js';
import { startLanguageModel, type LanguageModel } from '../language-model.js';
import { openForge, owner as forgeOwner, type RehearsedForge } from './forge.js';
import { upstreamAddress } from './upstream.js';

/** The stand-ins of everything outside, and the secrets that open them. */
export interface StandIns {
  readonly test: IndexStandIn;
  readonly production: IndexStandIn;
  readonly languageModel: LanguageModel;
  /** Undefined where a bare repository is forge enough. */
  readonly forge: RehearsedForge | undefined;
  readonly coverage: CoverageService;
  /** By the names under which the workers get them. */
  readonly secrets: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The secrets that tests and applications may have. */
export const modelKeys = { OPENAI_API_KEY: 'sk-stand-in-openai', ANTHROPIC_API_KEY: 'sk-stand-in-anthropic' };

const testToken = 'pypi-stand-in-test-token';
const productionToken = 'pypi-stand-in-production-token';
const coverageToken = 'codecov-stand-in-token';
const owner = 'the-owner-of-the-stand-in';
/** Who owns the packages on the production index, with the names of the secrets. */
export const ownerAccount = {
  user: 'mara',
  password: 'STAND_IN_OWNERS_PASSWORD',
  seed: 'STAND_IN_OWNERS_SEED',
};
const ownersPassword = 'the-password-of-the-owner';
const ownersSeed = 'KRUGKIDTMVSWIIDPMYQHI2DF';

/** What is rehearsed: the packages, and the repository that goes to the forge stand-in if there shall be one. */
export interface Rehearsed {
  readonly packages: readonly string[];
  readonly onForge?: { readonly package: string; readonly repository: string };
  /** The production index has no token, and trusts a workflow of the package on the forge. */
  readonly trusted?: boolean;
}

/** Starts the stand-ins for the packages that are rehearsed. */
export async function startStandIns(
  folder: string,
  pythonTools: string,
  { packages, onForge, trusted = false }: Rehearsed,
): Promise<StandIns> {
  const identity = makeIdentityProvider('https://identity.example.org');
  const upstream = {
    simple: await upstreamAddress(pythonTools),
    cache: path.join(cacheFolder(), 'upstream'),
  };
  const [test, production, languageModel, coverage, forge] = await Promise.all([
    startIndex({ folder: path.join(folder, 'test-index'), tokens: [{ token: testToken, projects: '*' }] }),
    startIndex({
      folder: path.join(folder, 'production-index'),
      tokens: trusted ? [] : [{ token: productionToken, projects: '*' }],
      trust: { ...identity, publishers: trusted ? packages.map(publisherOf) : [] },
      owner,
      web: { accounts: [accountOf(packages)] },
      upstream,
      // What is rehearsed must not be found on the real index, not even before its first upload here.
      own: packages,
    }),
    startLanguageModel({ openaiKey: modelKeys.OPENAI_API_KEY, anthropicKey: modelKeys.ANTHROPIC_API_KEY }),
    startCoverageService({ token: coverageToken }),
    onForge && openForge(path.join(folder, 'forge'), pythonTools, onForge),
  ]);
  const running = { test, production, languageModel, coverage, forge };
  if (trusted) await forge?.startRunner(identity, production.url);
  return {
    ...running,
    secrets: { ...secretsOf(running), ...(trusted ? {} : { PRODUCTION_INDEX_TOKEN: productionToken }) },
    async close() {
      await Promise.all(Object.values(running).map(async (standIn) => standIn?.close()));
    },
  };
}

/** The packages' owner, who has logged in from this machine before. */
function accountOf(packages: readonly string[]): Account {
  const { user } = ownerAccount;
  return { user, password: ownersPassword, seed: ownersSeed, owns: packages, knownAddresses: ['127.0.0.1'] };
}

/** Who may upload a package without a token: its workflow on the forge. */
function publisherOf(project: string): TrustedPublisher {
  const repository = `${forgeOwner}/${project}`;
  return { project, repository, workflow: publishFile, environment: publishEnvironment };
}

function secretsOf({ production, forge }: Pick<StandIns, 'production' | 'forge'>): Record<string, string> {
  return {
    ...modelKeys,
    ...forge?.secrets,
    TEST_INDEX_TOKEN: testToken,
    CODECOV_TOKEN: coverageToken,
    STAND_IN_INDEX: production.url,
    STAND_IN_OWNER: owner,
    [ownerAccount.password]: ownersPassword,
    [ownerAccount.seed]: ownersSeed,
  };
}
