import { validRange } from '@renovatebot/pep440';
import { normalizeVersion, quoted } from './names.js';
import type { FormFields } from './state.js';

/** How an upload is answered; the reason goes into the HTTP reason phrase, where twine looks for it. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
}

/** An answer that refuses. */
export function refuse(reason: string, status = 400): Answer {
  return { status, reason };
}

/** The first value of a form field, or an empty text. */
export function one(fields: FormFields, name: string): string {
  return fields[name]?.[0] ?? '';
}

/** Judges the fields of an upload form, the file apart; nothing when they are right. */
export function judgeForm(fields: FormFields): Answer | undefined {
  for (const problem of [...formProblems, ...metadataProblems]) {
    const reason = problem(fields);
    if (reason !== undefined) return refuse(reason);
  }
  return undefined;
}

type Problem = (fields: FormFields) => string | undefined;

const PROJECT_NAME = /^(?:[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$/i;
const METADATA_VERSIONS = ['1.0', '1.1', '1.2', '2.1', '2.2', '2.3', '2.4', '2.5'];
const DIGEST_FIELDS = ['md5_digest', 'sha256_digest', 'blake2_256_digest'];
const MAX_SUMMARY = 512;

const formProblems: readonly Problem[] = [
  function protocol(fields) {
    const version = fields['protocol_version']?.[0] ?? '1';
    return version === '1' ? undefined : 'Unknown protocol version.';
  },
  function nameIsGiven(fields) {
    const name = one(fields, 'name');
    if (name === '') return invalid(`'' is an invalid value for Name. Error: This field is required`);
    if (PROJECT_NAME.test(name)) return undefined;
    const rule = "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'";
    return invalid(`${quoted(name)} is an invalid value for Name. Error: ${rule}`);
  },
  function digestsAreHexadecimal(fields) {
    const algorithms = { blake2_256_digest: 'BLAKE2', sha256_digest: 'SHA256' };
    for (const [field, algorithm] of Object.entries(algorithms)) {
      if (!/^(?:[A-F0-9]{64})?$/i.test(one(fields, field))) {
        return `Invalid value for ${field}. Error: Use a valid, hex-encoded, ${algorithm} message digest.`;
      }
    }
    return undefined;
  },
  function filetypeIsKnown(fields) {
    const filetype = one(fields, 'filetype');
    if (filetype === '') return 'Invalid value for filetype. Error: This field is required.';
    if (filetype === 'sdist' || filetype === 'bdist_wheel') return undefined;
    return 'Invalid value for filetype. Error: Use a known file type.';
  },
  function pyversionFitsFiletype(fields) {
    const [filetype, pyversion] = [one(fields, 'filetype'), one(fields, 'pyversion')];
    if (filetype === 'bdist_wheel' && pyversion === '') {
      return 'Invalid value for pyversion. Error: Python version is required for binary distribution uploads.';
    }
    if (filetype === 'bdist_wheel' || pyversion === '' || pyversion === 'source') return undefined;
    return "Invalid value for pyversion. Error: Use 'source' as Python version for an sdist.";
  },
  function digestIsGiven(fields) {
    if (DIGEST_FIELDS.some((field) => one(fields, field) !== '')) return undefined;
    return 'Error: Include at least one message digest.';
  },
];

const metadataProblems: readonly Problem[] = [
  function metadataVersion(fields) {
    const version = one(fields, 'metadata_version');
    if (METADATA_VERSIONS.includes(version)) return undefined;
    return invalid(`${version === '' ? 'None' : quoted(version)} is not a valid metadata version`);
  },
  function versionIsPep440(fields) {
    const version = one(fields, 'version');
    if (version === '') return invalid("'version' is a required field");
    const normal = normalizeVersion(version);
    if (normal === null) return invalid(`${quoted(version)} is invalid for 'version'`);
    if (!normal.includes('+')) return undefined;
    return invalid(`The use of local versions in '${normal}' is not allowed`);
  },
  function classifiersAreNotPrivate(fields) {
    const classifier = fields['classifiers']?.find((text) => text.startsWith('Private ::'));
    return classifier === undefined ? undefined : invalid(`${quoted(classifier)} is not a valid classifier`);
  },
  function licenseIsSaidOnce(fields) {
    if (one(fields, 'license') === '' || one(fields, 'license_expression') === '') return undefined;
    return invalid(
      'License is deprecated when License-Expression is present. Only License-Expression should be present',
    );
  },
  function dependenciesAreNotDirect(fields) {
    const direct = fields['requires_dist']?.find((text) => /^\s*[\w.-]+\s*(?:\[[^\]]*\])?\s*@/.test(text));
    return direct === undefined ? undefined : invalid(`Can't have direct dependency: ${direct}`);
  },
  function requiresPythonIsASpecifier(fields) {
    const specifier = one(fields, 'requires_python');
    if (specifier === '' || validRange(specifier)) return undefined;
    return invalid(`${quoted(specifier)} is invalid for 'requires-python'`);
  },
  function summaryIsShort(fields) {
    const summary = one(fields, 'summary');
    if (summary.includes('\n')) return invalid("'summary' must be a single line");
    if (summary.length <= MAX_SUMMARY) return undefined;
    return invalid(`'summary' field must be ${MAX_SUMMARY} characters or less`);
  },
];

function invalid(problem: string): string {
  return `${problem}. See https://packaging.python.org/specifications/core-metadata for more information.`;
}
