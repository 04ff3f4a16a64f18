import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { readTarGz, readZip, type Archive, type NotAnArchive } from './archives.js';
import { provenanceOf } from './attestations.js';
import { distInfo } from './distribution-rules.js';
import { failure, type Exchange, type Reply } from './http.js';
import { one } from './form-rules.js';
import { FileDigests, type ReceivedFile, type ReceivedForm } from './received.js';
import type { Site } from './site.js';
import type { FormFields } from './state.js';
import type { Store } from './store.js';
import { judgeUpload, type Distribution } from './upload-rules.js';

/** Judges an upload that has arrived whole and stores what is accepted. */
export async function decideUpload(exchange: Exchange, form: ReceivedForm, site: Site): Promise<Reply> {
  const archive = form.file && (await readArchive(form.file));
  // From here to the commit nothing is awaited, so that two uploads cannot both be judged new.
  const { store, url } = site;
  const tokens = [...site.tokens, ...site.trustedPublishing.tokens];
  const verdict = judgeUpload(
    { ...form, archive, authorization: exchange.headers.authorization },
    { state: store.state, tokens, now: store.now(), help: (anchor) => `${url}help/#${anchor}` },
  );
  if ('accepted' in verdict) {
    if (exchange.fault?.kind !== 'not-stored') storeDistribution(verdict.accepted, exchange, store);
    return { status: 200 };
  }
  const { status, reason } = verdict.answer;
  return status === 200 ? { status } : failure(status, reason);
}

function readArchive({ path, filename }: ReceivedFile): Promise<Archive | NotAnArchive> {
  if (/\.(?:whl|zip)$/i.test(filename)) return readZip(path, (name) => name.endsWith('.dist-info/METADATA'));
  return readTarGz(path);
}

function storeDistribution(accepted: Distribution, { request, fault }: Exchange, store: Store): void {
  const { name: project, version, filetype: packagetype, fields, publisher } = accepted;
  const provenance = provenanceOf(one(fields, 'attestations'), publisher);
  const received = fault?.kind === 'truncate' ? cut(accepted.file, fault.bytes) : accepted.file;
  const { path, contentType, ...about } = received;
  const pythonVersion = packagetype === 'sdist' ? 'source' : one(fields, 'pyversion');
  const file = {
    ...about,
    packagetype,
    pythonVersion,
    provenance,
    metadataSha256: keepMetadata(accepted, store),
  };
  store.keep(path, file.sha256);
  const metadata = store.state.release(project, version) ? undefined : releaseMetadata(fields);
  store.commit({ type: 'file-stored', project, version, file, metadata }, request);
}

function keepMetadata({ file, archive }: Distribution, store: Store): string | undefined {
  const path = `${distInfo(file.filename)}/METADATA`;
  const metadata = 'problem' in archive ? undefined : archive.contents.get(path);
  if (metadata === undefined) return undefined;
  const sha256 = createHash('sha256').update(metadata).digest('hex');
  writeFileSync(store.filePath(sha256), metadata);
  return sha256;
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
