import type { Digest, IndexAddress } from '../../contract/release.js';

/** One file to be sent to an index. */
export interface Upload {
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

/** A way to send files to an index. */
export interface Publisher {
  readonly name: string;
  upload(upload: Upload): Promise<UploadAnswer>;
}
