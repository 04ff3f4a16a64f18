import type { Reply } from './http.js';
import { readPackets, writePackets } from './pkt-line.js';
import { declined, pushRefusal, rewriteRefusal, type Pushing, type RefCommand } from './push-rules.js';
import { refHasMoved } from './ref-effects.js';
import type { Repository, Site } from './site.js';

/** The hook that lets git refuse single refs of a push for what the forge knows; atomic pushes stay git's business. */
export const updateHook = `#!/bin/sh
# Called by git for each ref of a push: ref, old commit, new commit.
if [ -z "$STAND_IN_REFUSALS$STAND_IN_REWRITE_REFUSALS" ]; then exit 0; fi
refuse() {
  lines=$(printf '%s\\n' "$1" | awk -F '\\t' -v ref="$2" '$1 == ref { print $2 }')
  if [ -z "$lines" ]; then return; fi
  printf '%s\\n' "$lines" >&2
  exit 1
}
refuse "$STAND_IN_REFUSALS" "$1"
none=0000000000000000000000000000000000000000
if [ "$2" = $none ] || [ "$3" = $none ] || git merge-base --is-ancestor "$2" "$3"; then exit 0; fi
refuse "$STAND_IN_REWRITE_REFUSALS" "$1"
`;

/** What a push asks for, from the beginning of its body. */
export function commandsOf(body: Buffer): RefCommand[] {
  const none = '0'.repeat(40);
  return readPackets(body).packets.flatMap((packet) => {
    const [line = ''] = packet.toString('utf8').split('\0', 1);
    const [, from, to, ref] = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+?)\n?$/.exec(line) ?? [];
    if (from === undefined || to === undefined || ref === undefined) return [];
    return [{ ref, from: from === none ? null : from, to: to === none ? null : to }];
  });
}

/** What the hook has to know of a push. */
export function pushEnvironment(pushing: Pushing, commands: readonly RefCommand[]): Record<string, string> {
  const table = (refusal: typeof pushRefusal) =>
    commands
      .flatMap((command) => refusal(pushing, command).map((line) => `${command.ref}\t${line}`))
      .join('\n');
  return { STAND_IN_REFUSALS: table(pushRefusal), STAND_IN_REWRITE_REFUSALS: table(rewriteRefusal) };
}

/** Notes which refs git has moved by its own report, and says of a refusal what GitHub says. */
export async function afterPush(
  site: Site,
  repository: Repository,
  by: string,
  request: number,
  commands: readonly RefCommand[],
  reply: Reply,
): Promise<Reply> {
  const { report, rest } = split(Buffer.from(reply.body ?? ''));
  const moved = new Set(report.flatMap((line) => /^ok (.+)$/.exec(line)?.[1] ?? []));
  for (const command of commands.filter(({ ref }) => moved.has(ref)))
    await refHasMoved(site, repository, { ...command, by, how: 'push' }, request);
  if (report.length === 0) return reply;
  const said = report.map((line) =>
    line.replace(/^ng (.+) hook declined$/, (_all, ref: string) => `ng ${ref} ${declined(repository, ref)}`),
  );
  const inner = writePackets([...said.map((line) => Buffer.from(`${line}\n`)), undefined]);
  return { ...reply, body: writePackets([...rest, Buffer.concat([Buffer.of(1), inner]), undefined]) };
}

/** The lines of git's report of a push, and all other packets: progress and what hooks said. */
function split(body: Buffer): { report: string[]; rest: Buffer[] } {
  const { packets } = readPackets(body);
  const inner = Buffer.concat(
    packets.filter((packet) => packet[0] === 1).map((packet) => packet.subarray(1)),
  );
  const report = readPackets(inner).packets.map((packet) => packet.toString('utf8').trimEnd());
  return { report, rest: packets.filter((packet) => packet[0] !== 1) };
}
