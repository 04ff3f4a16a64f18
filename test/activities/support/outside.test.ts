import { expect, test } from 'vitest';

import { outsideTrouble } from '../../../src/activities/support/outside.js';

test.each([
  ["openai.RateLimitError: Error code: 429 - {'error': {'message': 'Rate limit reached'}}", '429, too many'],
  ['urllib.error.HTTPError: HTTP Error 503: Service Unavailable', '503'],
  ["anthropic.InternalServerError: Error code: 529 - {'type': 'overloaded_error'}", '529'],
  ['meant_it.providers.ProviderError: http://x/v1 answered 429: slow down', '429, too many'],
  ["httpx.HTTPStatusError: Server error '502 Bad Gateway' for url", '502'],
  ['requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url', '429, too many'],
  ['openai.APITimeoutError: Request timed out.', 'no answer in time (APITimeoutError)'],
  ['httpx.ReadTimeout: The read operation timed out', 'no answer in time (ReadTimeout)'],
  ['ConnectionResetError: [Errno 104] Connection reset by peer', 'no connection (ConnectionResetError)'],
])('%s looks like trouble outside', (error, words) => {
  expect(outsideTrouble(error)).toContain(words);
});

test.each([
  'AssertionError: assert 429 == 430',
  "KeyError: '503'",
  'AssertionError: assert len(rows) == 500',
  'openai.AuthenticationError: Error code: 401 - invalid key',
  'TypeError: say() takes 1 positional argument but 2 were given',
])('%s does not', (error) => {
  expect(outsideTrouble(error)).toBeUndefined();
});
