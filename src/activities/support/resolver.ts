/** How many of the versions that an index holds are named: the newest of them. */
const namedVersions = 5;

/** The reason that pip's or uv's resolver gives, on one line; undefined where it is not the resolver that says no. */
export function resolverReason(output: string): string | undefined {
  return conflictOf(output) ?? missingOf(output) ?? uvReasonOf(output);
}

/** pip: the requirements that cannot be met together. */
function conflictOf(output: string): string | undefined {
  const block = /^The conflict is caused by:\n((?:[ \t]+\S.*\n?)+)/m.exec(output)?.[1];
  if (block === undefined) return undefined;
  const sides = block.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const words = sides.map((side) =>
    side
      .replace(/^The user requested \(constraint\) /, 'the constraints ask for ')
      .replace(/^The user requested /, 'this asks for '),
  );
  return `these contradict each other: ${[...new Set(words)].join('; ')}`;
}

/** pip: a requirement that no version on the index meets. */
function missingOf(output: string): string | undefined {
  const found = /satisfies the requirement (.+?) \(from versions: (.*)\)$/m.exec(output);
  if (found === null) return undefined;
  const [, requirement = '', seen = ''] = found;
  const versions = seen === 'none' ? [] : seen.split(', ');
  if (versions.length === 0) return `it holds nothing that ${requirement} could be`;
  const more = versions.length - namedVersions;
  const newest = versions.slice(-namedVersions).join(', ');
  return `it holds no ${requirement}; the versions there are ${more > 0 ? `${String(more)} older ones, ` : ''}${newest}`;
}

/** uv: its derivation, which ends with what cannot be. */
function uvReasonOf(output: string): string | undefined {
  const at = /No solution found when resolving dependencies.*$/m.exec(output);
  if (at === null) return undefined;
  const [derivation] = output.slice(at.index + at[0].length).split(/\n\s*\n|\n\s*hint:/);
  const words = (derivation ?? '')
    .replace(/^\s*(?:cause:|╰─▶)/, '')
    .replace(/\s+/g, ' ')
    .trim();
  const reason = words.replace(/,? we can conclude that your requirements are unsatisfiable\.$/, '');
  return reason === '' ? undefined : reason;
}
