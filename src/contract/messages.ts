/** What people can say to a release; each is a signal and an update of the same name. */
export const messageKinds = [
  'approve',
  'reject',
  'hold',
  'lift',
  'fix',
  'rerun',
  'report',
  'keep',
  'retry',
  'on-watch',
  'off-watch',
  'abort',
  'yank',
  'un-yank',
  'amend',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** Whether a message of this kind says of itself exactly what it answers, by the gate and its digest. */
export function isBound(kind: MessageKind): boolean {
  return kind === 'approve' || kind === 'reject' || kind === 'hold';
}

/** A person's message. */
export interface Message {
  /** Makes a repeat harmless; made up by the receiver where a signal has none. */
  readonly id?: string;
  /** Who says it: a claim, shown as unverified, until a signature proves it. */
  readonly by: string;
  /** The gate that is answered; needed by the kinds that are bound to what is asked. */
  readonly gate?: string;
  /** The digest of what was asked, or its first twelve digits or more; needed by the same kinds. */
  readonly digest?: string;
  readonly reason?: string;
  /** Where the evidence of a report can be looked at. */
  readonly link?: string;
  /** The command that shows what a report says. */
  readonly command?: string;
  /** Until when (ISO 8601) somebody is on watch, by default until the release ends, or holds a gate, by default for a day. */
  readonly until?: string;
  /** Who approves from now on, all of them, as an `amend` wants it. */
  readonly approvers?: readonly string[];
  /** How many of them an approval takes. */
  readonly quorum?: number;
  /** The version, typed again by who approves what they have started. */
  readonly retyped?: string;
  /** After this moment (ISO 8601) the message does not count. */
  readonly expires?: string;
  /** An SSH signature of an answer, armoured: it proves who answers. */
  readonly signature?: string;
}

/** The one answer that each message gets. */
export interface MessageOutcome {
  readonly counted: boolean;
  /** One sentence. */
  readonly why: string;
}

/** How a message came: sent by a client, by the engine, or read as a review on the forge. */
export type MessageChannel = 'signal' | 'update' | 'engine' | 'review';

/** A message as the ledger keeps it. */
export interface MessageRecord extends MessageOutcome {
  readonly id: string;
  readonly kind: MessageKind;
  readonly by: string;
  readonly at: string;
  readonly channel: MessageChannel;
  readonly gate?: string;
  readonly digest?: string;
  readonly reason?: string;
  readonly link?: string;
  readonly command?: string;
  readonly until?: string;
  readonly expires?: string;
  readonly signature?: string;
  readonly approvers?: readonly string[];
  readonly quorum?: number;
  readonly retyped?: string;
}

/** What a message says, apart from who sends it and how long it counts. */
export const sayings = [
  'gate',
  'digest',
  'reason',
  'link',
  'command',
  'until',
  'approvers',
  'quorum',
  'retyped',
] as const;

/** What each message means, as an instruction; shown in the Web UI's dialogs and in the client's help. */
export const messageHelp: Readonly<Record<MessageKind, string>> = {
  approve:
    'Approve what a gate asks about. Input: {"by":"you","gate":"branch|coverage|merge|production","digest":"the digest shown at the gate"}. A digest that is not the one asked about is refused. Who started the release and may approve it all the same adds "retyped" with its version.',
  reject:
    'Reject what a gate asks about. Input: {"by":"you","gate":"…","digest":"…","reason":"why"}. At the branch, the coverage and the merge the release then waits for a fix; at production nothing is uploaded and people are asked what next; at put-main-back main is kept as it is.',
  hold: 'Keep a gate from being closed by approvals while you look into something. Input: {"by":"you","gate":"branch|merge|production","digest":"…","reason":"why","until":"2026-01-31T12:00:00Z"}. Approvals are counted meanwhile, a rejection still ends it. It ends when you lift it, approve or reject, and by itself at `until`, after 24 h at the latest.',
  lift: 'Lift your hold of a gate, or of all gates that you hold. Input: {"by":"you","gate":"branch|merge|production"}. Whoever holds a gate is the only one who can.',
  fix: 'Say that a fix was pushed to the release branch. Input: {"by":"you","reason":"what was fixed"}. The new commit is judged from step 1 and the next devN is built.',
  rerun:
    'Run the tests that failed again, on the same files, because something outside had failed, such as a provider that answered 429. Input: {"by":"you","reason":"what had failed outside"}. The settings say how often; every attempt and its reason stay on the cards and in the evidence. A fault of the package needs `fix`.',
  report:
    'Report a problem with the published version. Input: {"by":"you","reason":"what is wrong","link":"where it is shown","command":"what fails"}. The watch cannot end before somebody answers `keep` or `yank`.',
  keep: 'Answer a report that is no reason to yank. Input: {"by":"you","reason":"why it is harmless"}.',
  retry: 'Try the step again after its cause was mended. Input: {"by":"you","reason":"what was mended"}.',
  'on-watch':
    'Say that you are on watch: at hand, and able to yank at once. Input: {"by":"you","until":"2026-01-31T12:00:00Z"}. Without `until` you are until the release ends; taking over is saying this.',
  'off-watch':
    'Say that you are not on watch any more. Input: {"by":"you"}. Refused while nobody else is, and nothing stands ready to yank by itself.',
  abort:
    'Abandon the release. Input: {"by":"you","reason":"why"}. Between the merge and the upload people are asked whether main is put back; after the first upload it is refused: use `yank`.',
  yank: 'Yank the release from the production index at once. Input: {"by":"you","reason":"what is wrong"}. Before the first upload it counts as `abort`. Sent again while the index does not say yanked, it has the drivers try again.',
  'un-yank':
    'Ask for a yank to be taken back that was a mistake. Input: {"by":"you","reason":"why it was a mistake"}. Two different approvers have to approve it, whoever asks; main is not put forward again.',
  amend:
    'Ask for other approvers, another quorum or both in a running release. Input: {"by":"you","approvers":["ada","grace"],"quorum":1,"reason":"why"}. Two of the present approvers have to approve it, whoever asks; what waits for approvals is then asked anew.',
};

/** The most characters of one field: a ledger keeps every message. */
const longestField = 4000;

/** The most approvers that an amend may name, and the longest of their names. */
const mostNames = 100;
const longestName = 100;

/** A time with its zone: one without would be another moment on another worker. */
const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Why a message is malformed, or undefined if it is well formed: the only thing an update's validator refuses. */
export function malformed(kind: MessageKind, input: unknown): string | undefined {
  const sample = messageHelp[kind].match(/Input: (\{[^}]*\})/)?.[1] ?? '{"by":"you"}';
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return `${kind} takes one JSON object: ${sample}`;
  const wrong = fields.map((name) => fieldProblem(name, (input as Record<string, unknown>)[name]));
  return wrong.find((problem) => problem !== undefined) ?? missing(kind, input, sample);
}

/** The kinds that count only with a reason, and what it is for. */
const needsReason: Partial<Readonly<Record<MessageKind, string>>> = {
  hold: 'the reason that others wait for',
  rerun: 'a reason, which stays in the evidence: say what had failed outside',
};

function missing(
  kind: MessageKind,
  { by, gate, digest, reason = '' }: Partial<Message>,
  sample: string,
): string | undefined {
  if (by === undefined || by.trim() === '') return `"by" is missing: say who you are, ${sample}`;
  if (isBound(kind) && (gate === undefined || digest === undefined))
    return `${kind} needs the gate and the digest of what is answered: ${sample}`;
  const why = needsReason[kind];
  if (why !== undefined && reason.trim() === '') return `${kind} needs ${why}: ${sample}`;
  return undefined;
}

const fields = ['id', 'by', ...sayings, 'expires', 'signature'] as const;

function fieldProblem(name: (typeof fields)[number], value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (name === 'approvers') return isNames(value) ? undefined : '"approvers" must be a list of names';
  if (name === 'quorum') return typeof value === 'number' ? undefined : '"quorum" must be a number';
  return typeof value === 'string' ? textProblem(name, value) : `"${name}" must be a text`;
}

function textProblem(name: (typeof fields)[number], value: string): string | undefined {
  if (value.length > longestField)
    return `"${name}" is longer than ${String(longestField)} characters: say it in short, with a link`;
  if (name === 'id' && value === '') return '"id" is empty: leave it out, or make one up for each message';
  if ((name === 'expires' || name === 'until') && !(timeForm.test(value) && Date.parse(value) > 0))
    return `"${name}" must be an ISO 8601 time with its zone, such as 2026-01-31T12:00:00Z`;
  return undefined;
}

function isNames(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= mostNames &&
    value.every((name) => typeof name === 'string' && name.length <= longestName)
  );
}
