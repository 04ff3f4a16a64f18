// A yank driver of the kind "command", for the index stand-in: yank-command.mjs [--un-yank] <project> <version> <reason>.
// STAND_IN_INDEX is the stand-in's address, STAND_IN_OWNER its owner's secret; exit 0 only when it has done so.

const undo = process.argv[2] === '--un-yank';
const [project, version, reason = ''] = process.argv.slice(undo ? 3 : 2);
const { STAND_IN_INDEX: index, STAND_IN_OWNER: owner } = process.env;

try {
  if (!project || !version)
    throw new Error('say which release: yank-command.mjs <project> <version> <reason>');
  if (!index || !owner) throw new Error('set STAND_IN_INDEX and STAND_IN_OWNER');
  const response = await fetch(new URL(`stand-in/${undo ? 'unyank' : 'yank'}`, index), {
    method: 'POST',
    headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json' },
    body: JSON.stringify({ project, version, reason }),
  });
  if (!response.ok) throw new Error(`the index stand-in answered ${response.status} ${response.statusText}`);
  console.log(await response.text());
} catch (error) {
  console.error(
    `Not ${undo ? 'un-yanked' : 'yanked'}: ${error instanceof Error ? error.message : String(error)}.`,
  );
  process.exitCode = 1;
}
