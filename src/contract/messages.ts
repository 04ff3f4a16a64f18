/** What people can say to a release; each is a signal and an update of the same name. */
export const messageKinds = [
  'approve',
  'reject',
  'fix',
  'report',
  'keep',
  'retry',
  'abort',
  'yank',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** A person's message. */
export interface Message {
  /** Makes a repeat harmless; made up by the receiver where a signal has none. */
  readonly id?: string;
  /** Who says it: a claim, shown as unverified, until a signature proves it. */
  readonly by: string;
  /** The gate that is answered; needed by `approve` and `reject`. */
  readonly gate?: string;
  /** The digest of what was asked, or its first twelve digits or more; needed by `approve` and `reject`. */
  readonly digest?: string;
  readonly reason?: string;
  /** After this moment (ISO 8601) the message does not count. */
  readonly expires?: string;
  readonly signature?: string;
}

/** The one answer that each message gets. */
export interface MessageOutcome {
  readonly counted: boolean;
  /** One sentence. */
  readonly why: string;
}

/** A message as the ledger keeps it. */
export interface MessageRecord extends MessageOutcome {
  readonly id: string;
  readonly kind: MessageKind;
  readonly by: string;
  readonly at: string;
  readonly channel: 'signal' | 'update' | 'engine';
  readonly gate?: string;
  readonly digest?: string;
  readonly reason?: string;
}

/** What each message means, as an instruction; shown in the Web UI's dialogs and in the client's help. */
export const messageHelp: Readonly<Record<MessageKind, string>> = {
  approve:
    'Approve what a gate asks about. Input: {"by":"you","gate":"branch|merge|production","digest":"the digest shown at the gate"}. A digest that is not the one asked about is refused.',
  reject:
    'Reject what a gate asks about. Input: {"by":"you","gate":"…","digest":"…","reason":"why"}. At the branch and the merge the release then waits for a fix; at production nothing is uploaded and people are asked what next.',
  fix: 'Say that a fix was pushed to the release branch. Input: {"by":"you","reason":"what was fixed"}. The new commit is judged from step 1 and the next devN is built.',
  report:
    'Report a problem with the published version. Input: {"by":"you","reason":"what is wrong, with a link"}. The watch cannot end before somebody answers `keep` or `yank`.',
  keep: 'Answer a report that is no reason to yank. Input: {"by":"you","reason":"why it is harmless"}.',
  retry: 'Try the step again after its cause was mended. Input: {"by":"you","reason":"what was mended"}.',
  abort:
    'Abandon the release. Input: {"by":"you","reason":"why"}. Between the merge and the upload people are asked whether main is put back; after the first upload it is refused: use `yank`.',
  yank: 'Yank the release from the production index at once. Input: {"by":"you","reason":"what is wrong"}. Before the first upload it counts as `abort`.',
};

/** Why a message is malformed, or undefined if it is well formed: the only thing an update's validator refuses. */
export function malformed(kind: MessageKind, input: unknown): string | undefined {
  const sample = messageHelp[kind].match(/Input: (\{[^}]*\})/)?.[1] ?? '{"by":"you"}';
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return `${kind} takes one JSON object: ${sample}`;
  const fields = input as Record<string, unknown>;
  for (const name of ['id', 'by', 'gate', 'digest', 'reason', 'expires', 'signature'])
    if (fields[name] !== undefined && typeof fields[name] !== 'string') return `"${name}" must be a text`;
  if (typeof fields.by !== 'string' || fields.by.trim() === '')
    return `"by" is missing: say who you are, ${sample}`;
  if (typeof fields.expires === 'string' && Number.isNaN(Date.parse(fields.expires)))
    return '"expires" must be an ISO 8601 time';
  if ((kind === 'approve' || kind === 'reject') && (fields.gate === undefined || fields.digest === undefined))
    return `${kind} needs the gate and the digest of what is answered: ${sample}`;
  return undefined;
}
