export { examineRelease } from './examine-release.js';
export { packageLease } from './lease.js';
export { readLog } from './read-log.js';
export { releasePackage } from './release.js';
export { unYankRelease } from './un-yank-release.js';
export { yankRelease } from './yank-release.js';
