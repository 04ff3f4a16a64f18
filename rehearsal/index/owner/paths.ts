export const projectsPath = '/manage/projects/';

/** The page of all releases of a project. */
export function releasesPath(project: string): string {
  return `/manage/project/${encodeURIComponent(project)}/releases/`;
}

/** The page of one release, which is also where its forms are posted to. */
export function releasePath(project: string, version: string): string {
  return `/manage/project/${encodeURIComponent(project)}/release/${encodeURIComponent(version)}/`;
}
