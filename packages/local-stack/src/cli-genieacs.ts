import {
  LARGEST_PAGE_SIZE,
  readParameterList,
  runConnector,
  USUAL_OVERLAP_SECONDS,
  USUAL_PAGE_SIZE,
  USUAL_REQUESTS_PER_SECOND,
  WANTED_PARAMETERS,
} from '@cpemon/genieacs-connector';
import { InvalidArgumentError, type Command } from 'commander';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { AcsIngestAddress, ConnectorEnvironment } from './config.js';
import { wholeNumber } from './start-options.js';

/** What the verb is given. */
export interface GenieacsTools {
  /** GENIEACS_NBI_AUTHORIZATION, and where acs-ingest is when that is set. */
  environment: () => ConnectorEnvironment;
  /** acs-ingest of the running stack. @throws Error with a sentence when none runs */
  ofStack: () => AcsIngestAddress;
  /** Absolute path of the stack's data folder. */
  dataFolder: () => string;
  say: (line: string) => void;
}

interface Wish {
  nbi: string;
  once: boolean;
  state?: string;
  interval: number;
  overlap: number;
  pageSize: number;
  rate: number;
  faults: boolean;
  standard: boolean;
  parameters?: string;
}

/** `genieacs`. */
export function addGenieacsVerb(
  program: Command,
  { environment, ofStack, dataFolder, say }: GenieacsTools,
): void {
  program
    .command('genieacs')
    .description(
      'reads devices, tags and faults from the north-bound interface of GenieACS; it never writes to it',
    )
    .requiredOption('--nbi <url>', 'where genieacs-nbi listens: http://127.0.0.1:7557', httpUrl)
    .option('--once', 'imports, reads what is new, and ends', false)
    .option('--state <file>', 'how far it has come; genieacs-connector.json in the data folder when left out')
    .option('--interval <seconds>', 'between two rounds', wholeNumber(1, 86_400), 60)
    .option(
      '--overlap <seconds>',
      'a round begins so much before the one before ended, for sessions that were open then',
      wholeNumber(0, 3600),
      USUAL_OVERLAP_SECONDS,
    )
    .option('--page-size <n>', 'devices of one request', wholeNumber(1, LARGEST_PAGE_SIZE), USUAL_PAGE_SIZE)
    .option(
      '--rate <n>',
      'requests to the NBI in a second, at most',
      wholeNumber(1, 1000),
      USUAL_REQUESTS_PER_SECOND,
    )
    .option('--no-faults', 'leaves faults out')
    .option('--standard', 'one message a request, as acs-ingest with WEBHOOK_AUTH=standard wants it', false)
    .option('--parameters <file>', 'reads these parameters, one path a line, in place of the usual ones')
    .addHelpText(
      'after',
      '\nEnvironment: CPEMON_ACS_URL and CPEMON_WEBHOOK_SECRET (of acs-ingest; the running stack when left out),' +
        '\nGENIEACS_NBI_AUTHORIZATION (an Authorization header, where a proxy in front of the NBI wants one).',
    )
    .action(async (wish: Wish) => {
      const { acsIngest, nbiAuthorization } = environment();
      const stateFile = resolve(wish.state ?? resolve(dataFolder(), 'genieacs-connector.json'));
      mkdirSync(dirname(stateFile), { recursive: true });
      const { devices, faults, refused } = await runConnector({
        nbi: {
          url: wish.nbi,
          ...(nbiAuthorization === undefined ? {} : { authorization: nbiAuthorization }),
        },
        acsIngest: { ...(acsIngest ?? ofStack()), standard: wish.standard },
        stateFile,
        once: wish.once,
        intervalMs: wish.interval * 1000,
        overlapMs: wish.overlap * 1000,
        pageSize: wish.pageSize,
        requestsPerSecond: wish.rate,
        faults: wish.faults,
        parameters:
          wish.parameters === undefined
            ? WANTED_PARAMETERS
            : readParameterList(readFileSync(wish.parameters, 'utf8')),
        tell: (line) => say(`${new Date().toISOString()} ${line}`),
        signal: endOfProcess(),
      });
      say(`${devices} devices and ${faults} faults sent, ${refused} refused; state in ${stateFile}`);
    });
}

/** SIGTERM or SIGINT, once: the second one ends the process as ever. */
function endOfProcess(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort());
  return end.signal;
}

function httpUrl(text: string): string {
  const right = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!right) throw new InvalidArgumentError('It must be a URL: http://127.0.0.1:7557');
  const { username, password } = new URL(text);
  if (username !== '' || password !== '') {
    throw new InvalidArgumentError('Credentials go into GENIEACS_NBI_AUTHORIZATION, not into the URL.');
  }
  return text;
}
