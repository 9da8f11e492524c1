import { readFile, stat } from 'node:fs/promises';
import { credentialLines, readCredentials, type CredentialTable } from '@cpemon/cwmp';
import type { Logger } from '@cpemon/service-kit';

export interface FollowedCredentials extends CredentialTable {
  stop(): void;
}

export interface CredentialsFileOptions {
  path: string;
  realm: string;
  /** Entries that are live beside those of the file. */
  fixed: readonly string[];
  logger: Pick<Logger, 'warn' | 'info'>;
  /** Between two looks. */
  everyMs?: number;
}

const LOOK_EVERY_MS = 5000;

/**
 * Follows a file of credentials, so that devices can be added while the service runs. It may have a line for each of a
 * million, so it is read only when its time or size has changed, and been the same at two looks in a row. What cannot be
 * read or is wrong changes nothing, with a warning.
 * @throws Error with a sentence for the operator when the file cannot be used at the start
 */
export async function followCredentials(options: CredentialsFileOptions): Promise<FollowedCredentials> {
  const { path, realm, fixed, logger, everyMs = LOOK_EVERY_MS } = options;
  const read = async (): Promise<CredentialTable> => {
    try {
      return readCredentials([...credentialLines(await readFile(path, 'utf8')), ...fixed], realm);
    } catch (cause) {
      throw new Error(`CWMP_CREDENTIALS_FILE cannot be used: ${(cause as Error).message} (${path})`, {
        cause,
      });
    }
  };
  let used = await signatureOf(path);
  let table = await read();
  let before = used;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    const now = await signatureOf(path);
    const isWhole = now === before;
    before = now;
    if (!isWhole || now === used) return;
    // Not tried again before it changes again.
    used = now;
    try {
      table = await read();
      logger.info({ path }, 'CPEs are checked with the new credentials of the file');
    } catch (error) {
      logger.warn({ path }, `${(error as Error).message}; those read before stay in use`);
    }
  };
  const plan = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void look().then(plan), everyMs).unref();
  };
  plan();
  return {
    realm,
    ha1Of: (userName, algorithm) => table.ha1Of(userName, algorithm),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** What tells one version of the file from another; '' while there is none. */
const signatureOf = (path: string): Promise<string> =>
  stat(path).then(
    ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
    () => '',
  );
