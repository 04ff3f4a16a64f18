// Called by temporal.mjs as `node download-temporal.mjs VERSION FOLDER`. The SDK downloads only to start a server, so
// one is started and ended; the binary stays behind as FOLDER/temporal-vVERSION.
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [, , version = '', downloadDir = ''] = process.argv;
const server = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', version: `v${version}`, downloadDir } },
});
await server.teardown();
