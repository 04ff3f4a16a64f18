import type { Errand } from '../../contract/activities.js';
import type { Digest, IndexAddress, LostFiles, Manifest } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';

/** The files of a version, and where they come from. */
export interface Upload {
  readonly index: IndexAddress;
  readonly manifest: Manifest;
  readonly repository: string;
  /** The branch that the version is merged into. */
  readonly base: string;
  /** The version's tag, which need not be there yet. */
  readonly tag: string;
  /** What changed, in Markdown. */
  readonly notes?: string;
}

/** What is known of an upload: it is done as far as anybody here can tell, it goes on elsewhere, or it cannot begin. */
export type Uploaded = { readonly evidence: readonly Evidence[] } | { readonly errand: Errand } | LostFiles;

/** A way to bring the files of a version to an index: it looks what the index lacks, acts, and is safe to repeat. */
export type Publisher = (upload: Upload) => Promise<Uploaded>;

/** One file to be sent to an index. */
export interface FileUpload {
  readonly index: IndexAddress;
  /** The file, under the name that it shall have. */
  readonly file: string;
  readonly user: string;
  /** The token, or the user's password. */
  readonly token: string;
  /** A throwaway folder for the tool that sends. */
  readonly folder: string;
}

/** What came back of one upload. None of it is proof: only the index's own listing is. */
export type UploadAnswer = (
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      readonly status: number;
      /** The reason phrase, where an index says what it did not like. */
      readonly reason: string;
      readonly retryAfterSeconds?: number | undefined;
    }
  /** The tool itself would not send the file. */
  | { readonly kind: 'unsendable'; readonly reason: string }
  /** Nobody knows whether the file arrived. */
  | { readonly kind: 'unknown'; readonly reason: string }
) & {
  /** What the tool printed, in the artifact store. */
  readonly log: Digest;
};

/** A tool that sends one file to an index. */
export interface Sender {
  readonly name: string;
  send(upload: FileUpload): Promise<UploadAnswer>;
}
