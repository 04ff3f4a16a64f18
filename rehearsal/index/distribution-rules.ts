import type { Archive } from './archives.js';
import { refuse, type Answer } from './form-rules.js';
import { filenameStem, normalizeName, normalizeVersion, parseWheelFilename, quoted } from './names.js';
import type { Distribution, UploadRule } from './upload-rules.js';

/** The file must be the distribution that its form and its name say. */
export const distributionRules: readonly UploadRule[] = [
  function fileIsAnArchive({ archive }) {
    return 'problem' in archive ? invalidFile(archive.problem) : undefined;
  },
  forSdists(function sdistHasPkgInfo(_sdist, { names }) {
    const top = topLevel(names);
    if (top === undefined) return invalidFile('Incorrect number of top-level directories in sdist');
    return names.has(`${top}/PKG-INFO`) ? undefined : invalidFile(`PKG-INFO not found at ${top}/PKG-INFO`);
  }),
  forSdists(function sdistFilenameIsNormal({ name, version, file }) {
    const stem = file.filename.replace(/\.(?:tar\.gz|zip)$/, '');
    const dash = stem.lastIndexOf('-');
    if (dash < 0 || normalizeVersion(stem.slice(dash + 1)) === null) {
      return refuse(`Invalid source distribution filename: ${file.filename}`);
    }
    if (normalizeName(stem.slice(0, dash)) !== normalizeName(name)) return startFilename(name);
    const expected = `${filenameStem(name)}-${version}.tar.gz`;
    if (file.filename === expected) return undefined;
    return refuse(`Filename ${quoted(file.filename)} is invalid, should be ${quoted(expected)}.`);
  }),
  forSdists(function sdistHasLicenseFiles(sdist, { names }) {
    return missingLicense(sdist, names, topLevel(names) ?? '');
  }),
  forWheels(function wheelHasWheelFile({ file }, { names }) {
    if (file.filename.split('-').length < 3) {
      return invalidFile('Unable to parse name and version from wheel filename');
    }
    const path = `${distInfo(file.filename)}/WHEEL`;
    return names.has(path) ? undefined : invalidFile(`WHEEL not found at ${path}`);
  }),
  forWheels(function wheelFilenameIsNormal({ name, version, file }) {
    const parsed = parseWheelFilename(file.filename);
    if ('problem' in parsed) return refuse(parsed.problem);
    const platform = parsed.platforms.find((tag) => !PLATFORMS.test(tag));
    if (platform !== undefined) {
      return refuse(`Binary wheel '${file.filename}' has an unsupported platform tag '${platform}'.`);
    }
    if (normalizeName(parsed.distribution) !== normalizeName(name)) return startFilename(name);
    if (parsed.distribution !== filenameStem(name)) {
      return refuse(
        `Filename ${quoted(file.filename)} should contain the normalized project name ` +
          `${quoted(filenameStem(name))}, not ${quoted(parsed.distribution)}.`,
      );
    }
    if (parsed.version === version) return undefined;
    return refuse(`Version in filename should be ${quoted(version)} not ${quoted(parsed.version)}.`);
  }),
  forWheels(function wheelHasLicenseFiles(wheel, { names }) {
    return missingLicense(wheel, names, `${distInfo(wheel.file.filename)}/licenses`);
  }),
  forWheels(function wheelHasRecordAndMetadata({ file }, { names }) {
    for (const required of ['RECORD', 'METADATA']) {
      const path = `${distInfo(file.filename)}/${required}`;
      if (names.has(path)) continue;
      return refuse(`Wheel '${file.filename}' does not contain the required ${required} file: ${path}`);
    }
    return undefined;
  }),
  // PyPI takes the form's word for it; a stand-in that does not finds broken clients earlier.
  forWheels(function wheelMetadataFitsForm({ name, version, file }, { contents }) {
    const metadata = contents.get(`${distInfo(file.filename)}/METADATA`)?.toString('utf8') ?? '';
    const said = { name: header(metadata, 'Name'), version: header(metadata, 'Version') };
    if (normalizeName(said.name) === normalizeName(name) && normalizeVersion(said.version) === version) {
      return undefined;
    }
    return refuse(
      `Wheel '${file.filename}' has METADATA of ${quoted(`${said.name} ${said.version}`)}, ` +
        `not of ${quoted(`${name} ${version}`)}.`,
    );
  }),
];

const PLATFORMS =
  /^(?:any|win32|win_(?:arm64|amd64|ia64)|macosx_\d+_\d+_\w+|linux_armv[67]l|(?:manylinux(?:1|2010|2014|_\d+_\d+)|musllinux_\d+_\d+)_\w+|ios_\d+_\d+_\w+|android_\d+_\w+|pyemscripten_\d+_\d+_wasm32)$/;

type ArchiveRule = (distribution: Distribution, archive: Archive) => Answer | undefined;

function forSdists(rule: ArchiveRule): UploadRule {
  return forArchives('sdist', rule);
}

function forWheels(rule: ArchiveRule): UploadRule {
  return forArchives('bdist_wheel', rule);
}

function forArchives(filetype: Distribution['filetype'], rule: ArchiveRule): UploadRule {
  return (distribution) => {
    if (distribution.filetype !== filetype || 'problem' in distribution.archive) return undefined;
    return rule(distribution, distribution.archive);
  };
}

/** The folder in a wheel that describes it. */
export function distInfo(filename: string): string {
  return `${filename.split('-').slice(0, 2).join('-')}.dist-info`;
}

function topLevel(names: ReadonlySet<string>): string | undefined {
  const tops = new Set(Array.from(names, (name) => name.split('/')[0] ?? ''));
  const [top] = tops;
  return tops.size === 1 && top !== '' && top !== '.' ? top : undefined;
}

function missingLicense({ fields, file }: Distribution, names: ReadonlySet<string>, folder: string) {
  for (const license of fields['license_file'] ?? []) {
    const path = `${folder}/${license}`;
    if (names.has(path)) continue;
    return refuse(`License-File ${license} does not exist in distribution file ${file.filename} at ${path}`);
  }
  return undefined;
}

function startFilename(name: string): Answer {
  return refuse(`Start filename for ${quoted(name)} with ${quoted(filenameStem(name))}.`);
}

function invalidFile(problem: string): Answer {
  return refuse(`Invalid distribution file. ${problem}`);
}

function header(metadata: string, name: string): string {
  const [head = ''] = metadata.split(/\r?\n\r?\n/, 1);
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t\\r]*$`, 'im').exec(head)?.[1] ?? '';
}
