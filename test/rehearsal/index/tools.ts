import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { IndexOptions, IndexStandIn } from '../../../rehearsal/index/contract.js';
import { startIndex } from '../../../rehearsal/index/stand-in.js';

export const TOKEN = 'pypi-everything';
export const OWNER = 'the-owner';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'index-stand-in-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A stand-in that is closed after the test. */
export async function runningIndex(options: Partial<IndexOptions> = {}): Promise<IndexStandIn> {
  const folder = options.folder ?? (await temporaryFolder());
  const index = await startIndex({
    tokens: [{ token: TOKEN, projects: '*' }],
    owner: OWNER,
    ...options,
    folder,
  });
  onTestFinished(() => index.close());
  return index;
}

/** How a program ended and all that it printed. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a program with nothing of the user's settings but what the network needs. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { env: { ...networkSettings(), ...env } },
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
      },
    );
  });
}

/** The path of one of the Python tools. */
export function tool(name: 'python' | 'pip' | 'twine' | 'uv'): string {
  const folder = process.env['SLIPWAY_TOOLS'];
  if (folder === undefined) throw new Error('Set SLIPWAY_TOOLS to the folder of python, pip, twine and uv.');
  return join(folder, name);
}

function networkSettings(): NodeJS.ProcessEnv {
  const { PATH, SSL_CERT_FILE, REQUESTS_CA_BUNDLE, PIP_CERT } = process.env;
  const kept = { PATH, SSL_CERT_FILE, REQUESTS_CA_BUNDLE, PIP_CERT };
  return { ...kept, HOME: '/nonexistent', PIP_CONFIG_FILE: '/dev/null', UV_NO_CONFIG: '1' };
}

/** The paths of a wheel and an sdist. */
export interface Made {
  readonly wheel: string;
  readonly sdist: string;
}

/** How the distributions are to differ from what is usual. */
export interface Oddities {
  readonly requires?: readonly string[];
  /** How the filenames spell the project. */
  readonly stem?: string;
  /** The version that the metadata says. */
  readonly said?: string;
}

/** Makes a wheel and an sdist of a tiny package that holds `body`. */
export async function makeDistributions(
  name: string,
  version: string,
  body = 'one',
  oddities: Oddities = {},
): Promise<Made> {
  const folder = await temporaryFolder();
  const script = join(import.meta.dirname, 'make_distributions.py');
  const wanted = JSON.stringify({ folder, name, version, body, ...oddities });
  const made = await run(tool('python'), [script, wanted]);
  if (made.code !== 0) throw new Error(made.output);
  const stem = `${oddities.stem ?? name.toLowerCase().replaceAll('-', '_')}-${version}`;
  return { wheel: join(folder, `${stem}-py3-none-any.whl`), sdist: join(folder, `${stem}.tar.gz`) };
}

/** Uploads a file with twine, as the service does. */
export function twineUpload(index: IndexStandIn, file: string, token = TOKEN): Promise<Ended> {
  return run(tool('twine'), ['--no-color', 'upload', '--disable-progress-bar', file], {
    COLUMNS: '2000',
    TWINE_USERNAME: '__token__',
    TWINE_PASSWORD: token,
    TWINE_REPOSITORY_URL: index.uploadUrl,
    TWINE_NON_INTERACTIVE: '1',
  });
}

/** How a form is to differ: other values of its fields, null for none; `filename` and `content` are the file's. */
export type FormChanges = Readonly<Record<string, string | readonly string[] | null>>;

/** Uploads a file with a plain client. */
export async function plainUpload(
  index: IndexStandIn,
  file: string,
  changes: FormChanges = {},
  authorization = basic('__token__', TOKEN),
): Promise<{ status: number; reason: string; body: string }> {
  const response = await fetch(index.uploadUrl, {
    method: 'POST',
    headers: authorization === '' ? {} : { authorization },
    body: await uploadForm(file, changes),
  });
  return { status: response.status, reason: response.statusText, body: await response.text() };
}

/** The form that a plain client sends. */
export async function uploadForm(file: string, changes: FormChanges = {}): Promise<FormData> {
  const bytes = await readFile(file);
  const { filename = basename(file), content = '', ...fields } = changes;
  const form = new FormData();
  for (const [field, value] of Object.entries({ ...ordinaryFields(basename(file), bytes), ...fields })) {
    for (const each of [value ?? []].flat()) form.append(field, each);
  }
  const blob = new Blob([bytes], { type: 'application/octet-stream' });
  if (content !== null) form.append('content', blob, String(filename));
  return form;
}

function ordinaryFields(filename: string, bytes: Buffer): FormChanges {
  const isWheel = filename.endsWith('.whl');
  const separator = isWheel ? '-' : /-(?=[^-]*$)/;
  const [name = '', version = ''] = filename.replace(/\.tar\.gz$/, '').split(separator);
  return {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.1',
    name,
    version,
    filetype: isWheel ? 'bdist_wheel' : 'sdist',
    pyversion: isWheel ? 'py3' : 'source',
    sha256_digest: sha256(bytes),
  };
}

/** A header of HTTP basic authentication. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** The digest as hexadecimal digits. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The names of the files that the index has stored, in their order, by its own record. */
export function storedFiles(index: IndexStandIn): string[] {
  return index
    .accessLog()
    .flatMap((entry) =>
      entry.kind === 'change' && entry.change.type === 'file-stored' ? [entry.change.file.filename] : [],
    );
}

/** The page of a project by PEP 691. */
export async function simpleJson(index: IndexStandIn, project: string): Promise<SimpleJson> {
  const headers = { accept: 'application/vnd.pypi.simple.v1+json' };
  const response = await fetch(`${index.simpleUrl}${project}/`, { headers });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return (await response.json()) as SimpleJson;
}

/** What PEP 691 and PEP 700 say of a project. */
export interface SimpleJson {
  readonly meta: { readonly 'api-version': string; readonly '_last-serial': number };
  readonly name: string;
  readonly versions: readonly string[];
  readonly files: readonly {
    readonly filename: string;
    readonly url: string;
    readonly hashes: { readonly sha256: string };
    readonly 'requires-python': string | null;
    readonly size: number;
    readonly 'upload-time': string;
    readonly yanked: boolean | string;
    readonly provenance: string | null;
    readonly 'core-metadata': false | { readonly sha256: string };
  }[];
}
