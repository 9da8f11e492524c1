import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { ConfigReader } from './config-reader.js';

export type { Logger };

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface LogSettings {
  level: string;
  /** Coloured lines for a person instead of JSON. */
  pretty?: boolean;
}

/** Names whose values never reach a log line, at the top level of its facts and up to two levels below. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'signature',
  'x-signature',
  'x-cpemon-signature',
  'webhook-signature',
];

const SECRET_PATHS = SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/**
 * A pino logger that writes to standard output from this thread: JSON, one object a line, or coloured lines.
 * A line is on its way when the call returns, so the last words of a process that exits are not lost.
 */
export function createLogger(settings: LogSettings & { service: string }): Logger {
  const options: pino.LoggerOptions = {
    level: settings.level,
    base: { service: settings.service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '[secret]' },
  };
  if (settings.pretty !== true) return pino(options, pino.destination({ fd: 1, sync: true }));
  return pino(
    options,
    pretty({
      destination: 1,
      sync: true,
      singleLine: true,
      ignore: 'pid,service',
      translateTime: 'SYS:HH:MM:ss.l',
    }),
  );
}

/** LOG_LEVEL and LOG_FORMAT, as every process of ours reads them. */
export function readLogSettings(reader: ConfigReader): LogSettings {
  return {
    level: reader.string('LOG_LEVEL', { default: 'info', oneOf: LOG_LEVELS }),
    pretty: reader.string('LOG_FORMAT', { default: 'json', oneOf: ['json', 'pretty'] }) === 'pretty',
  };
}
