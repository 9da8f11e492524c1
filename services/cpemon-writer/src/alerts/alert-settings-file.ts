import { readFile, stat } from 'node:fs/promises';
import { load } from 'js-yaml';
import {
  DEFAULT_ALERT_SETTINGS,
  readAlertSettings,
  type AlertSettings,
  type SecretPlace,
} from '@cpemon/alerts';
import type { Logger } from '@cpemon/service-kit';

/** The settings of alerts that are in force. */
export interface AlertSettingsFile {
  current(): AlertSettings;
  /** The secret of a webhook, as bytes; null: it is not signed. @throws when it cannot be read */
  secretOf(place: SecretPlace | null): Promise<Buffer | null>;
  stop(): void;
}

export interface AlertSettingsFileOptions {
  /** YAML or JSON; absent: the defaults. */
  path: string | undefined;
  environment: (name: string) => string | undefined;
  logger: Logger;
  /** Whether what is in force is what the file says. */
  loaded: (outcome: 'ok' | 'refused') => void;
  everyMs?: number;
}

const LOOK_EVERY_MS = 5000;
/** Far more than a hundred rules take. */
const LARGEST_FILE_BYTES = 1024 * 1024;

/**
 * Reads the file now and whenever it changes. One with a mistake leaves what is in force as it is.
 * @throws at the start, when the file cannot be used
 */
export async function openAlertSettings(options: AlertSettingsFileOptions): Promise<AlertSettingsFile> {
  const { path, environment, logger, loaded, everyMs = LOOK_EVERY_MS } = options;
  let settings = DEFAULT_ALERT_SETTINGS;
  let seen = '';
  const read = async (file: string): Promise<void> => {
    const { mtimeMs, size } = await stat(file);
    const version = `${mtimeMs} ${size}`;
    if (version === seen) return;
    seen = version;
    if (size > LARGEST_FILE_BYTES) throw new Error(`${file} is larger than ${LARGEST_FILE_BYTES} bytes`);
    settings = readAlertSettings(load(await readFile(file, 'utf8')));
    loaded('ok');
    const { rules, receivers } = settings;
    logger.info({ rules: rules.length, receivers: receivers.length }, 'Settings of alerts are in force');
  };
  if (path === undefined) loaded('ok');
  else await read(path);
  const timer =
    path === undefined
      ? undefined
      : setInterval(() => {
          read(path).catch((error: unknown) => {
            loaded('refused');
            logger.error({ err: error }, 'Settings of alerts are refused; those before stay in force');
          });
        }, everyMs);
  timer?.unref();
  return {
    current: () => settings,
    async secretOf(place) {
      if (place === null) return null;
      const text =
        'file' in place
          ? (await readFile(place.file, 'utf8')).trim()
          : (environment(place.environment) ?? '');
      if (text === '') throw new Error('The secret of the receiver is empty or not set');
      return keyOf(text);
    },
    stop: () => clearInterval(timer),
  };
}

/** Standard Webhooks 1.0: `whsec_` and base64; anything else is taken as it is. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
