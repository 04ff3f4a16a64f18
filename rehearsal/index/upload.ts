import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { readTarGz, readZip, type Archive, type NotAnArchive } from './archives.js';
import { distInfo } from './distribution-rules.js';
import { failure, type Exchange, type Reply } from './http.js';
import { one } from './form-rules.js';
import { FileDigests, type ReceivedFile, type ReceivedForm } from './received.js';
import type { Site } from './site.js';
import type { StoredFile, FormFields } from './state.js';
import { judgeUpload, type Distribution } from './upload-rules.js';

/** Judges an upload that has arrived whole and stores what is accepted. */
export async function decideUpload(exchange: Exchange, form: ReceivedForm, site: Site): Promise<Reply> {
  const archive = form.file === undefined ? undefined : await readArchive(form.file);
  const { authorization } = exchange.headers;
  // From here to the commit nothing is awaited, so that two uploads cannot both be judged new.
  const verdict = judgeUpload(
    {
      ...form,
      ...(authorization === undefined ? {} : { authorization }),
      ...(archive === undefined ? {} : { archive }),
    },
    {
      state: site.store.state,
      tokens: site.tokens,
      now: site.store.now(),
      help: (anchor) => `${site.url}help/#${anchor}`,
    },
  );
  if ('accepted' in verdict) {
    if (exchange.fault?.kind !== 'not-stored') storeDistribution(exchange, verdict.accepted, site);
    return { status: 200 };
  }
  const { status, reason } = verdict.answer;
  return status === 200 ? { status } : failure(status, reason);
}

function readArchive({ path, filename }: ReceivedFile): Promise<Archive | NotAnArchive> {
  if (/\.(?:whl|zip)$/i.test(filename)) return readZip(path, (name) => name.endsWith('.dist-info/METADATA'));
  return readTarGz(path);
}

function storeDistribution({ request, fault }: Exchange, distribution: Distribution, { store }: Site): void {
  const { name, version, filetype, fields, archive } = distribution;
  const file = fault?.kind === 'truncate' ? cut(distribution.file, fault.bytes) : distribution.file;
  const metadata =
    'problem' in archive ? undefined : archive.contents.get(`${distInfo(file.filename)}/METADATA`);
  const metadataSha256 =
    metadata === undefined ? undefined : createHash('sha256').update(metadata).digest('hex');
  if (metadata !== undefined && metadataSha256 !== undefined)
    writeFileSync(store.filePath(metadataSha256), metadata);
  store.keep(file.path, file.sha256);
  const stored: StoredFile = {
    filename: file.filename,
    packagetype: filetype,
    pythonVersion: filetype === 'sdist' ? 'source' : one(fields, 'pyversion'),
    size: file.size,
    md5: file.md5,
    sha256: file.sha256,
    blake2b256: file.blake2b256,
    ...(metadataSha256 === undefined ? {} : { metadataSha256 }),
  };
  const isFirst = store.state.release(name, version) === undefined;
  store.commit(
    {
      type: 'file-stored',
      project: name,
      version,
      file: stored,
      ...(isFirst ? { metadata: releaseMetadata(fields) } : {}),
    },
    request,
  );
}

function cut(file: ReceivedFile, bytes: number): ReceivedFile {
  truncateSync(file.path, Math.min(bytes, file.size));
  const digests = new FileDigests();
  digests.update(readFileSync(file.path));
  return { ...file, ...digests.end() };
}

const ABOUT_THE_FILE =
  /^(?::action|protocol_version|filetype|pyversion|comment|attestations|gpg_signature|\w+_digest)$/;

function releaseMetadata(fields: FormFields): FormFields {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !ABOUT_THE_FILE.test(field)));
}
