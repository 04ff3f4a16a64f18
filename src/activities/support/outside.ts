/** How tools and providers' own clients name that the other side was in trouble, and not the package. */
const signs: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [
    /\b(?:answered(?: with)?|HTTP(?:\/\d(?:\.\d)?)?(?: Error)?|status(?:[ _]code)?|error code|code)\W{0,4}(429|5\d\d)\b/i,
    ([, status]) => answered(status),
  ],
  [
    /\b(429|5\d\d)\b\W{0,3}(?:too many requests|internal server error|bad gateway|(?:service )?unavailable|gateway time-?out|overloaded|(?:client|server) error)/i,
    ([, status]) => answered(status),
  ],
  [
    /\b(?:RateLimitError|too many requests|rate[ _]limit(?:ed|s)? (?:exceeded|reached))/i,
    () => answered('429'),
  ],
  [/\b(?:OverloadedError|overloaded_error|ServiceUnavailableError)\b/, () => answered('503')],
  [
    /\b(\w*(?:API|Read|Connect|Pool|Write|Gateway)Timeout(?:Error)?|APIConnectionError)\b/,
    ([, name]) => `no answer in time (${name ?? ''})`,
  ],
  [
    /\b(Connect(?:ion)?Error|ConnectionResetError|ConnectionRefusedError|RemoteDisconnected|gaierror)\b/,
    ([, name]) => `no connection (${name ?? ''})`,
  ],
];

function answered(status = ''): string {
  return `an answer of ${status}${status === '429' ? ', too many requests' : ''}`;
}

/** What of a failed test's error looks like trouble of somebody outside, in words; undefined where nothing does. */
export function outsideTrouble(error: string): string | undefined {
  for (const [sign, words] of signs) {
    const found = sign.exec(error);
    if (found !== null) return words(found);
  }
  return undefined;
}
