import { byVersion, isPrerelease } from './names.js';
import { byFilename, fileUrl } from './simple-pages.js';
import type { Project, Release } from './state.js';

/** The release that the index shows as a project's latest: not yanked and final where there is one. */
export function latestRelease(project: Project): Release | undefined {
  return served(project).sort(
    (one, other) =>
      Number(one.yanked !== false) - Number(other.yanked !== false) ||
      Number(isPrerelease(one.version)) - Number(isPrerelease(other.version)) ||
      byVersion(other.version, one.version),
  )[0];
}

/** The JSON API's document of a release; that of a project also lists all its releases. */
export function releaseDocument(
  project: Project,
  release: Release,
  url: string,
  withReleases: boolean,
): string {
  const releases = served(project).sort((one, other) => byVersion(one.version, other.version));
  return JSON.stringify({
    info: info(project, release, url),
    last_serial: project.serial,
    ...(withReleases
      ? { releases: Object.fromEntries(releases.map((each) => [each.version, files(each, url)])) }
      : {}),
    urls: files(release, url),
    vulnerabilities: [],
    ownership: { roles: [], organization: null },
  });
}

function served({ releases }: Project): Release[] {
  return [...releases.values()].filter(({ quarantined }) => !quarantined);
}

function info(project: Project, release: Release, url: string): Record<string, unknown> {
  const one = (field: string) => release.metadata[field]?.[0] ?? null;
  const all = (field: string) => release.metadata[field] ?? null;
  const single = [
    'summary',
    'description',
    'description_content_type',
    'keywords',
    'license',
    'license_expression',
  ];
  const people = ['author', 'author_email', 'maintainer', 'maintainer_email'];
  const places = ['requires_python', 'platform', 'home_page', 'download_url'];
  return {
    name: project.spelling,
    version: release.version,
    ...Object.fromEntries([...single, ...people, ...places].map((field) => [field, one(field)])),
    classifiers: all('classifiers') ?? [],
    license_files: all('license_file'),
    requires_dist: all('requires_dist'),
    provides_extra: all('provides_extra'),
    dynamic: all('dynamic'),
    project_urls: projectUrls(all('project_urls') ?? []),
    package_url: `${url}project/${project.spelling}/`,
    project_url: `${url}project/${project.spelling}/`,
    release_url: `${url}project/${project.spelling}/${release.version}/`,
    docs_url: null,
    bugtrack_url: null,
    downloads: { last_day: -1, last_week: -1, last_month: -1 },
    ...yank(release),
  };
}

function projectUrls(lines: readonly string[]): Record<string, string> | null {
  if (lines.length === 0) return null;
  return Object.fromEntries(
    lines.map((line) => {
      const [label = '', ...address] = line.split(',');
      return [label.trim(), address.join(',').trim()];
    }),
  );
}

function files(release: Release, url: string): Record<string, unknown>[] {
  return release.files.toSorted(byFilename).map((file) => ({
    filename: file.filename,
    packagetype: file.packagetype,
    python_version: file.pythonVersion,
    has_sig: false,
    comment_text: null,
    md5_digest: file.md5,
    digests: { md5: file.md5, sha256: file.sha256, blake2b_256: file.blake2b256 },
    'core-metadata': file.metadataSha256 === undefined ? false : { sha256: file.metadataSha256 },
    size: file.size,
    downloads: -1,
    upload_time: file.uploaded.slice(0, 19),
    upload_time_iso_8601: file.uploaded,
    url: fileUrl(file, url),
    requires_python: release.metadata['requires_python']?.[0] ?? null,
    ...yank(release),
  }));
}

function yank({ yanked }: Release): { yanked: boolean; yanked_reason: string | null } {
  return { yanked: yanked !== false, yanked_reason: typeof yanked === 'string' ? yanked : null };
}
