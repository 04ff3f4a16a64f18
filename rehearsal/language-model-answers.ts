/** One message of a conversation with a language model. */
export interface Message {
  readonly role: string;
  readonly text: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly holds: (text: string, subject: string) => boolean;
}

const verbs = 'mentions|mention|is|does|asks|ask|greets|greet|refuses|refuse|apologises|apologise';

const rules: readonly Rule[] = [
  {
    pattern: /^mentions? (?:the |an? )?(.+)$/,
    holds: (text, subject) => plain(text).includes(plain(subject)),
  },
  { pattern: /^is polite$/, holds: (text) => /\b(please|thank|sorry|welcome|glad|happy)/i.test(text) },
  {
    pattern: /^(is a greeting|greets?\b.*)$/,
    holds: (text) => /^\W*(hello|hi|good \w+|welcome)\b/i.test(text),
  },
  { pattern: /^(is a question|asks?\b.*)$/, holds: (text) => text.includes('?') },
  {
    pattern: /^(is a refusal|refuses?\b.*)$/,
    holds: (text) => /\b(cannot|can't|unable|won't)\b/i.test(text),
  },
  { pattern: /^(is an apology|apologises?)$/, holds: (text) => /\b(sorry|apolog)/i.test(text) },
];

/**
 * The model's answer to a conversation, by fixed rules that read the prompt: a judgement if the last message
 * shows an expectation and a text, else a reply in words taken from the system's instructions.
 */
export function answer(messages: readonly Message[]): string {
  const prompt = messages.at(-1)?.text ?? '';
  const expectation = section(prompt, 'expectation');
  const text = section(prompt, 'text');
  if (expectation === undefined && text === undefined) return reply(messages);
  if (!expectation || !text) return 'I cannot judge: either the expectation or the text is missing.';
  const judgement = judge(expectation, text);
  // Like a real model, it answers in JSON only when it was asked for it.
  return prompt.includes('"meant"') ? JSON.stringify(judgement) : judgement.reason;
}

/** What a prompt holds between `<label>` tags, or between lines of three quotation marks under a `Label` line. */
function section(prompt: string, label: string): string | undefined {
  const tagged = new RegExp(`<${label}>([\\s\\S]*?)</${label}>`).exec(prompt);
  const quoted = new RegExp(`^${label}\\b.*\\n"""\\n([\\s\\S]*?)\\n?"""$`, 'im').exec(prompt);
  return (tagged ?? quoted)?.[1]?.trim();
}

function judge(expectation: string, text: string): { meant: boolean; reason: string } {
  const clauses = expectation.split(new RegExp(`(?:,| and|, and) (?=(?:${verbs})\\b)`));
  for (const clause of clauses) {
    const holds = meets(text, clause.trim());
    if (holds === undefined) return { meant: false, reason: `nothing is known about "${clause}"` };
    if (!holds) return { meant: false, reason: `it is not one that ${clause}` };
  }
  return { meant: true, reason: `it is one that ${expectation}` };
}

function meets(text: string, clause: string): boolean | undefined {
  const positive = clause.replace(/^does not /i, '').replace(/^is not /i, 'is ');
  for (const { pattern, holds } of rules) {
    const found = pattern.exec(positive);
    if (found) return holds(text, found[1] ?? '') === (positive === clause);
  }
  return undefined;
}

/** The line of the instructions that shares most words with what was asked; the last question counts double. */
function reply(messages: readonly Message[]): string {
  const asked = messages.filter(({ role }) => role === 'user').map(({ text }) => text);
  const instructions = messages.filter(({ role }) => role === 'system').map(({ text }) => text);
  const last = asked.at(-1) ?? '';
  if (/^\W*(hello|hi|good (morning|afternoon|evening))\W*$/i.test(last)) return 'Hello! How can I help you?';

  const wanted = words([...asked, last].join(' '));
  const score = (fact: string) => wanted.filter((word) => words(fact).includes(word)).length;
  const addressesTheModel = /^\W*(you|your|be|say|answer|never)\b/i;
  const facts = instructions
    .flatMap((text) => text.split('\n'))
    .filter((line) => !addressesTheModel.test(line));
  const best = facts.reduce((one, other) => (score(other) > score(one) ? other : one), '');
  return best ? `Thank you for asking. ${best.trim()}` : 'I am sorry, I cannot help with that.';
}

function words(text: string): string[] {
  return plain(text)
    .split(' ')
    .filter((word) => word.length > 3);
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
