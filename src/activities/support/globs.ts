/** A test whether a path matches a glob: `*` and `?` stay within a folder, `**` crosses folders, a folder takes all in it. */
export function matcher(glob: string): (path: string) => boolean {
  const pattern = glob
    .replace(/\/+$/, '')
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) => wild[part] ?? part.replace(/[\\^$.|+()[\]{}]/g, '\\$&'))
    .join('');
  const expression = new RegExp(`^${pattern}(/.*)?$`);
  return (path) => expression.test(path);
}

const wild: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
