import type { Archive, NotAnArchive } from './archives.js';
import { judgeAttestations } from './attestations.js';
import type { Token, TrustedPublisher } from './contract.js';
import { distributionRules } from './distribution-rules.js';
import { judgeForm, one, refuse, type Answer } from './form-rules.js';
import { normalizeName, normalizeVersion, quoted } from './names.js';
import { MAX_FILE_BYTES, type ReceivedFile } from './received.js';
import { releaseRules } from './release-rules.js';
import type { FormFields, IndexState } from './state.js';

/** A whole upload before anything is known to be right with it. */
export interface Upload {
  readonly authorization: string | undefined;
  readonly fields: FormFields;
  readonly file: ReceivedFile | undefined;
  readonly archive: Archive | NotAnArchive | undefined;
}

/** What an upload is judged by, besides itself. */
export interface Circumstances {
  readonly state: IndexState;
  readonly tokens: readonly Token[];
  readonly now: Date;
  /** The address of a passage of the index's help. */
  readonly help: (anchor: string) => string;
}

/** An upload whose form is right. */
export interface Distribution {
  /** The project's name as the form spells it. */
  readonly name: string;
  /** In its normal form. */
  readonly version: string;
  readonly filetype: 'sdist' | 'bdist_wheel';
  readonly fields: FormFields;
  readonly file: ReceivedFile;
  readonly archive: Archive | NotAnArchive;
  /** Who sends it, where that is known. */
  readonly publisher: TrustedPublisher | undefined;
}

/** One rule of the index: the answer that ends an upload, or nothing when the rule is kept. */
export type UploadRule = (distribution: Distribution, circumstances: Circumstances) => Answer | undefined;

/** Judges an upload by PyPI's rules in PyPI's order; what is accepted may be stored. */
export function judgeUpload(
  upload: Upload,
  circumstances: Circumstances,
): { readonly answer: Answer } | { readonly accepted: Distribution } {
  const token = authenticate(upload.authorization, circumstances.tokens);
  if (token === undefined) {
    const help = circumstances.help('invalid-auth');
    const reason = `Invalid or non-existent authentication information. See ${help} for more information.`;
    return { answer: refuse(reason, 403) };
  }
  const formAnswer = judgeForm(upload.fields);
  if (formAnswer !== undefined) return { answer: formAnswer };
  const { fields, file, archive } = upload;
  if (file === undefined || archive === undefined) {
    return { answer: refuse('Upload payload does not have a file.') };
  }
  const distribution: Distribution = {
    name: one(fields, 'name'),
    version: normalizeVersion(one(fields, 'version')) ?? '',
    filetype: one(fields, 'filetype') === 'sdist' ? 'sdist' : 'bdist_wheel',
    ...{ fields, file, archive, publisher: token.publisher },
  };
  const rules = [tokenScope(token), ...fileRules, ...releaseRules, ...distributionRules, attestations];
  for (const rule of rules) {
    const answer = rule(distribution, circumstances);
    if (answer !== undefined) return { answer };
  }
  return { accepted: distribution };
}

function authenticate(authorization: string | undefined, tokens: readonly Token[]): Token | undefined {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/.exec(authorization ?? '') ?? [];
  const secret = tokenIn(scheme.toLowerCase(), credentials);
  return tokens.find(({ token }) => token === secret);
}

function tokenIn(scheme: string, credentials: string): string | undefined {
  if (scheme === 'token' || scheme === 'bearer') return credentials;
  if (scheme !== 'basic') return undefined;
  const [, user, password] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8')) ?? [];
  return user === '__token__' ? password?.trim() : undefined;
}

function tokenScope({ projects }: Token): UploadRule {
  return ({ name }) => {
    if (projects === '*' || projects.map(normalizeName).includes(normalizeName(name))) return undefined;
    return refuse(`Invalid API Token: project-scoped token is not valid for project: ${quoted(name)}`, 403);
  };
}

function attestations({ fields, file, publisher }: Distribution): Answer | undefined {
  return judgeAttestations(one(fields, 'attestations'), file, publisher);
}

const EXTENSIONS = { sdist: ['.zip', '.tar.gz'], bdist_wheel: ['.whl'] };

const fileRules: readonly UploadRule[] = [
  function filenameIsPrintable({ file }) {
    if (!Array.from(file.filename).some((char) => char < ' ' || char === '\x7f')) return undefined;
    return refuse(
      'Cannot upload a file with non-printable characters (ordinals 0-31) ' +
        'or the DEL character (ordinal 127) in the name.',
    );
  },
  function filenameIsNoPath({ file }) {
    if (!/[/\\]/.test(file.filename)) return undefined;
    return refuse("Cannot upload a file with '/' or '\\' in the name.");
  },
  function extensionFitsFiletype({ file, filetype }) {
    const extension = /\.(?:tar\.gz|zip|whl)$/i.exec(file.filename)?.[0];
    if (extension === undefined) {
      return refuse('Invalid file extension: Use .tar.gz, .whl or .zip extension.');
    }
    if (EXTENSIONS[filetype].includes(extension)) return undefined;
    return refuse(`Invalid file extension: Extension ${extension} is invalid for filetype ${filetype}.`);
  },
  function contentTypeIsNoImage({ file }) {
    if (file.contentType !== '' && !file.contentType.startsWith('image/')) return undefined;
    return refuse('Invalid distribution file.');
  },
  function fileIsNotTooLarge({ file, name }) {
    if (file.size <= MAX_FILE_BYTES) return undefined;
    const limit = MAX_FILE_BYTES / 1024 / 1024;
    return refuse(`File too large. Limit for project ${quoted(name)} is ${limit} MB.`);
  },
  function digestsMatch({ file, fields }) {
    const digests = { md5_digest: file.md5, sha256_digest: file.sha256, blake2_256_digest: file.blake2b256 };
    const differs = Object.entries(digests).some(([field, digest]) => {
      const sent = one(fields, field).toLowerCase();
      return sent !== '' && sent !== digest;
    });
    if (!differs) return undefined;
    return refuse('The digest supplied does not match a digest calculated from the uploaded file.');
  },
];
