import { expect, test } from 'vitest';

import { createLogger } from '../../src/config/logger.js';

test('the log has the level of SLIPWAY_LOG, info without it', () => {
  expect(createLogger('x', {}).level).toBe('info');
  expect(createLogger('x', { SLIPWAY_LOG: 'debug' }).level).toBe('debug');
  expect(() => createLogger('x', { SLIPWAY_LOG: 'loud' })).toThrow('set it to one of trace, debug, info');
});
