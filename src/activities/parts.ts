import type { Subject } from '../contract/activities.js';
import type { Digest, IndexAddress, Manifest, Sha } from '../contract/release.js';
import type { Evidence } from '../contract/verdict.js';
import type { Publisher } from './publisher/publisher.js';

/** What the activities of `publish` are composed of; each is safe to repeat by itself. */
export interface PublishParts {
  /** The next N that is free on both indexes and in git. */
  readNextNumber(input: {
    subject: Subject;
    repository: string;
    branch: string;
    test?: IndexAddress;
    production: IndexAddress;
  }): Promise<{ number: number }>;
  /** Uploads every file that the index has not with our sha256 yet, or says where that goes on. */
  readonly ensureUploaded: Publisher;
  /** Waits until the index serves every file with our sha256, seen twice in a row. */
  awaitVisible(input: { index: IndexAddress; manifest: Manifest }): Promise<{ evidence: Evidence }>;
  /** Brings the final version's commit onto main by compare-and-swap, or leaves it on a branch where main has moved. */
  ensureFinalOnBase(input: {
    repository: string;
    base: string;
    commit: Sha;
    parent: Sha;
    subject: Subject;
  }): Promise<{ onBase: boolean; evidence: Evidence }>;
  /** Tags the commit; a tag on another commit is an integrity failure. */
  ensureTagged(input: {
    repository: string;
    tag: string;
    commit: Sha;
    subject: Subject;
  }): Promise<{ evidence: Evidence }>;
  /** Keeps what the release has to show, as it is told the first time, under the name that its file has on a release page. */
  ensureProofKept(input: { subject: Subject }): Promise<{ filename: string; sha256: Digest }>;
  /** Deletes the branch if it still stands where it was left. */
  ensureBranchDeleted(input: {
    repository: string;
    branch: string;
    expected: Sha;
  }): Promise<{ deleted: boolean; evidence: Evidence }>;
}
