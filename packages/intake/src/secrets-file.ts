import { readFile } from 'node:fs/promises';
import type { Logger } from '@cpemon/service-kit';
import { createSigningKey, type SigningKey, type SigningSecrets } from './signing-secrets.js';

export interface SecretsFileOptions {
  path: string;
  /** Secrets that are live beside those of the file. */
  fixed: readonly string[];
  /** For the metrics: after every look. */
  seen: (secrets: number, fileIsGood: boolean) => void;
  logger: Pick<Logger, 'warn' | 'info'>;
  /** Between two looks. */
  everyMs?: number;
}

export interface SecretsFile extends SigningSecrets {
  /** Looks now, and not only when it is time. */
  look(): Promise<void>;
  stop(): void;
}

/** What is read twice in a row is whole: a file that is being written changes in between. */
const LOOK_EVERY_MS = 2000;
/** A thousand secrets; what is larger is another file. */
const LARGEST_FILE_BYTES = 64 * 1024;

/**
 * Follows a file of secrets, one a line, `#` before a comment, so that they can be changed while the service runs. What is
 * new counts from the second look that finds the same; a file that is missing, empty or wrong changes nothing, with a
 * warning. Reads it by its path each time, as Kubernetes replaces the link and not the file.
 * @throws Error with a sentence for the operator when the file cannot be used at the start
 */
export async function followSecretsFile(options: SecretsFileOptions): Promise<SecretsFile> {
  const { path, seen, logger, everyMs = LOOK_EVERY_MS } = options;
  const fixed = options.fixed.map(createSigningKey);
  let used = await readText(path);
  let keys = [...fixed, ...keysOf(used, path)];
  let before = used;
  let problem: string | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  seen(keys.length, true);

  const look = async (): Promise<void> => {
    try {
      const text = await readText(path);
      const isWhole = text === before;
      before = text;
      const found = keysOf(text, path);
      if (isWhole && text !== used) {
        used = text;
        keys = [...fixed, ...found];
        logger.info(
          { path, secrets: found.length },
          'Signatures are checked with the new secrets of the file',
        );
      }
      problem = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== problem) logger.warn({ path }, `${message}; the secrets read before stay in use`);
      problem = message;
    }
    seen(keys.length, problem === undefined);
  };
  const plan = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void look().then(plan), everyMs).unref();
  };
  plan();
  return {
    live: () => keys,
    look,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new Error(`The file of secrets cannot be read (${path}: ${cause.message})`, { cause });
  });
  if (bytes.length > LARGEST_FILE_BYTES) throw new Error(`The file of secrets is too large (${path})`);
  return bytes.toString('utf8');
}

function keysOf(text: string, path: string): SigningKey[] {
  const secrets = text
    .split(/[\r\n,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (secrets.length === 0) throw new Error(`The file of secrets holds none (${path})`);
  try {
    return secrets.map(createSigningKey);
  } catch (cause) {
    throw new Error(`The file of secrets ${(cause as Error).message} (${path})`, { cause });
  }
}
