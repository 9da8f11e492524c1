import { InvalidArgumentError, type Command } from 'commander';
import { resolve } from 'node:path';
import type { OperatorTools } from './operator-verbs.js';
import { readCapturedFile, type CapturedFile } from './send/captured-file.js';
import { openConnection } from './send/connection.js';
import { exchangeLine, type Exchange } from './send/exchange.js';
import { asAcs, asHeartbeat, asMirror, sendBodies } from './send/send-bodies.js';
import { sendAsCpe } from './send/send-as-cpe.js';
import { SENDERS, type SenderName, type SendTarget } from './send/send-target.js';
import { wholeNumber } from './start-options.js';

const MOST_TIMES = 10_000;

export interface SendTools extends Pick<OperatorTools, 'answer'> {
  /** Where to send to and as whom. @throws Error with a sentence when that is not known */
  target: (as: SenderName, url: string | undefined) => SendTarget;
  /** The folder that relative names of files begin at. */
  folder: string;
  say: (line: string) => void;
}

/** `send FILE…`. */
export function addSendVerb(program: Command, { target, folder, say, answer }: SendTools): void {
  program
    .command('send')
    .description(
      'sends captured bodies, in order, as a CPE, an ACS, a mirroring proxy or a heartbeat agent would',
    )
    .argument('<file...>', 'XML or JSON, in any charset, gzipped or not: sent as it is')
    .option(
      '--as <sender>',
      `${SENDERS.join(', ')}; by the first file when left out: XML cpe, JSON acs`,
      knownSender,
    )
    .option('--url <url>', 'where to; the running stack when left out', knownUrl)
    .option('--times <n>', 'how often all of it is sent', wholeNumber(1, MOST_TIMES), 1)
    .option('--bodies', 'prints each answer whole')
    .addHelpText(
      'after',
      '\nEnvironment, where --url is given: CPEMON_SEND_USER and CPEMON_SEND_PASSWORD (as cpe), CPEMON_SEND_SECRET' +
        '\n(the webhook secret as acs; the bearer token as mirror and heartbeat).',
    )
    .action(
      async (names: string[], wish: { as?: SenderName; url?: string; times: number; bodies?: true }) => {
        const files = names.map((name) => readCapturedFile(resolve(folder, name)));
        const as = wish.as ?? (files[0]?.format === 'json' ? 'acs' : 'cpe');
        const to = target(as, wish.url);
        const isJson = program.opts<{ json?: true }>().json === true;
        const exchanges: Exchange[] = [];
        if (!isJson) say(`as ${as} to ${to.url.href}`);
        const report = (exchange: Exchange): void => {
          if (isJson) exchanges.push(exchange);
          else
            say(
              wish.bodies === true ? `${exchangeLine(exchange)}\n${exchange.body}` : exchangeLine(exchange),
            );
          refused += exchange.is_refused ? 1 : 0;
        };
        let refused = 0;
        for (let time = 0; time < wish.times; time += 1) await send(files, as, to, report);
        if (isJson) answer(exchanges, () => '');
        if (refused > 0)
          throw new Error(`${refused} of the answers ${refused === 1 ? 'is a refusal' : 'are refusals'}.`);
      },
    );
}

async function send(
  files: readonly CapturedFile[],
  as: SenderName,
  { url, credentials, secret }: SendTarget,
  report: (exchange: Exchange) => void,
): Promise<void> {
  const connect = () =>
    openConnection(url, credentials, (scheme) =>
      report({
        sent: '(challenge)',
        status: 401,
        code: '',
        answer: `${scheme} asked for`,
        is_refused: false,
        body: '',
      }),
    );
  if (as === 'cpe') return sendAsCpe(files, connect, report);
  const headersOf = { acs: asAcs(secret), mirror: asMirror(secret), heartbeat: asHeartbeat(secret) }[as];
  const connection = connect();
  await sendBodies(files, connection, headersOf, report).finally(() => connection.close());
}

function knownSender(text: string): SenderName {
  const found = SENDERS.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`The senders are ${SENDERS.join(', ')}.`);
  return found;
}

function knownUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError('It must be a URL: http://127.0.0.1:7547/cwmp');
}
