import { join } from 'node:path';
import { readJsonFile } from '../json-file.js';

/** What stack.json, the file of a stack that `npm start` runs, tells a sender: addresses and secrets. */
interface StackFile {
  processes?: { name: string; url?: string }[];
  tokens?: { ingest?: string };
  webhook_secret?: string;
  cwmp_auth?: { password: string };
}

/**
 * Variables of config.ts for the stack of a data folder.
 * @throws FileError
 */
export function readStackAddresses(dataFolder: string): Record<string, string> {
  const stack = readJsonFile(join(dataFolder, 'stack.json')) as StackFile;
  const urlOf = (name: string): string | undefined =>
    stack.processes?.find((one) => one.name === name && one.url !== undefined)?.url;
  const found = {
    API_URL: urlOf('cpemon-api'),
    ACS_URL: urlOf('acs-ingest'),
    INGEST_TOKEN: stack.tokens?.ingest,
    WEBHOOK_SECRET: stack.webhook_secret,
    CWMP_PASSWORD: stack.cwmp_auth?.password,
  };
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
