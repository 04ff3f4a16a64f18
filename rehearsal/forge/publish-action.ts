import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { run } from '../../src/activities/support/run.js';
import type { Action, JobPlace } from './runner-actions.js';
import { workflowPath } from './workflow-file.js';

/** What stands for `pypa/gh-action-pypi-publish`: proves who the job is, gets a token for it, and uploads with twine. */
export const publish: Action = async (given, place) => {
  const folder = path.join(place.workspace, given['packages-dir'] ?? 'dist');
  const files = await readdir(folder);
  if (place.job.permissions['id-token'] !== 'write')
    throw new Error('OpenID Connect token retrieval failed: the job has not the permission id-token: write');
  const token = await mintToken(place);
  const attested = given.attestations !== 'false';
  if (attested) for (const file of files) await attest(path.join(folder, file));
  const all = (await readdir(folder)).map((file) => path.join(folder, file));
  const options = ['--no-color', 'upload', '--disable-progress-bar', ...(attested ? ['--attestations'] : [])];
  const { exitCode, output } = await run([path.join(place.pythonTools, 'twine'), ...options, ...all], {
    cwd: place.workspace,
    env: {
      PATH: place.env.PATH ?? '',
      HOME: place.workspace,
      TWINE_REPOSITORY_URL: new URL('legacy/', place.index).href,
      TWINE_USERNAME: '__token__',
      TWINE_PASSWORD: token,
      TWINE_NON_INTERACTIVE: '1',
    },
    timeoutSeconds: 300,
    signal: place.signal,
  });
  if (exitCode !== 0) throw new Error(output);
  return output;
};

const mintedShape = z.object({ token: z.string() });
const refusedShape = z.object({ errors: z.array(z.object({ code: z.string(), description: z.string() })) });

async function mintToken(place: JobPlace): Promise<string> {
  const ask = async (below: string, init: RequestInit = {}): Promise<unknown> =>
    (await fetch(new URL(below, place.index), { ...init, signal: place.signal })).json();
  const { audience } = z.object({ audience: z.string() }).parse(await ask('_/oidc/audience'));
  const body = JSON.stringify({ token: place.identity.issue(audience, claimsOf(place)) });
  const answer = await ask('_/oidc/mint-token', { method: 'POST', body });
  const minted = mintedShape.safeParse(answer);
  if (minted.success) return minted.data.token;
  const why = refusedShape.parse(answer).errors.map(({ code, description }) => `${code}: ${description}`);
  throw new Error(`Trusted publishing exchange failure: ${why.join('; ')}`);
}

/** Who the job is, as GitHub says it. */
function claimsOf({ repository, run: { file, branch, sha, id }, job }: JobPlace) {
  const ref = `refs/heads/${branch}`;
  const workflow = `${repository}/${workflowPath(file)}@${ref}`;
  return {
    sub: `repo:${repository}${job.environment === undefined ? '' : `:environment:${job.environment}`}`,
    repository,
    repository_owner: repository.split('/')[0],
    ref,
    sha,
    event_name: 'workflow_dispatch',
    run_id: String(id),
    workflow_ref: workflow,
    job_workflow_ref: workflow,
    ...(job.environment === undefined ? {} : { environment: job.environment }),
  };
}

/** Puts beside a file what says that it was published here; without Sigstore nobody has signed it. */
async function attest(file: string): Promise<void> {
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: path.basename(file), digest: { sha256 } }],
    predicateType: 'https://example.org/attestations/publish/v1',
    predicate: null,
  };
  const envelope = { statement: Buffer.from(JSON.stringify(statement)).toString('base64'), signature: '' };
  await writeFile(`${file}.publish.attestation`, JSON.stringify({ version: 1, envelope }));
}
