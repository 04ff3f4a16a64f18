// Removes a release from a pypiserver, as the settings' command: the package and the version, with the address of the
// server and `user:password` in the environment.
const [name = '', version = ''] = process.argv.slice(2);
const { REMOVAL_SERVER: server = '', REMOVAL_CREDENTIALS: credentials = '' } = process.env;
const form = new FormData();
// pypiserver knows a package by the name in its file names.
const fields = { ':action': 'remove_pkg', name: name.replaceAll('-', '_'), version };
for (const [key, value] of Object.entries(fields)) form.set(key, value);
const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
const response = await fetch(server, { method: 'POST', headers: { authorization }, body: form });
process.stdout.write(`${response.status} ${await response.text()}\n`);
process.exitCode = response.ok ? 0 : 1;
