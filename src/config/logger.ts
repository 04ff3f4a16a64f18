import { pino, type Logger } from 'pino';

import { ConfigurationError } from './problems.js';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** The process's log: JSON lines on stderr, from the level in SLIPWAY_LOG upward (`info` by default). */
export function createLogger(name: string, env: NodeJS.ProcessEnv = process.env): Logger {
  const level = env.SLIPWAY_LOG ?? 'info';
  if (!levels.includes(level))
    throw new ConfigurationError([`SLIPWAY_LOG is "${level}": set it to one of ${levels.join(', ')}`]);
  return pino({ name, level }, pino.destination({ fd: 2, sync: true }));
}
