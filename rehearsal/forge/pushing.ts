import type { Permission } from './contract.js';
import type { Reply } from './http.js';
import { readPackets, writePackets } from './pkt-line.js';
import { isForwardOnly, pushRefusal, type RefCommand } from './push-rules.js';
import { refHasMoved } from './ref-effects.js';
import type { Repository, Site } from './site.js';

/** The hook that lets git refuse single refs of a push for what the forge knows; atomic pushes stay git's business. */
export const updateHook = `#!/bin/sh
# Called by git for each ref of a push: ref, old commit, new commit.
refusal=$(printf '%s\\n' "$STAND_IN_REFUSALS" | awk -F '\\t' -v ref="$1" '$1 == ref { print $2 }')
if [ -n "$refusal" ]; then
  printf '%s\\n' "$refusal" >&2
  exit 1
fi
none=0000000000000000000000000000000000000000
if [ "$2" = $none ] || [ "$3" = $none ]; then exit 0; fi
if printf '%s\\n' "$STAND_IN_FORWARD_ONLY" | grep -Fqx "$1" && ! git merge-base --is-ancestor "$2" "$3"; then
  printf '%s\\n' "error: GH006: Protected branch update failed for $1." "" "- Cannot force-push to this branch" >&2
  exit 1
fi
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
export function pushEnvironment(
  repository: Repository,
  permission: Permission,
  commands: readonly RefCommand[],
): Record<string, string> {
  const refusals = commands.flatMap((command) =>
    (pushRefusal(repository, permission, command) ?? []).map((line) => `${command.ref}\t${line}`),
  );
  const forwardOnly = commands
    .map(({ ref }) => ref)
    .filter((ref) => isForwardOnly(repository, permission, ref));
  return { STAND_IN_REFUSALS: refusals.join('\n'), STAND_IN_FORWARD_ONLY: forwardOnly.join('\n') };
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
  const said = report.map((line) => line.replace(/ hook declined$/, ' protected branch hook declined'));
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
