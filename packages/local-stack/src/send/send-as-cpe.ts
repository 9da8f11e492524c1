import type { ParameterValues } from '@cpemon/domain';
import { underId, type CapturedFile } from './captured-file.js';
import type { Connection } from './connection.js';
import { answerAcsRequest, readAcsRequest, type AcsRequest } from './cpe-answers.js';
import { exchangeOf, type Exchange } from './exchange.js';

/** An ACS that asks more often than this in one session is not ours. */
const MOST_QUESTIONS = 50;

/**
 * Whole CWMP sessions: each Inform begins one, what follows it is sent in the same session, then an empty POST. What
 * the ACS asks is answered with the captured answers, in their order and under its ID; when there are none left, with
 * the values that the capture holds. A session ends at its first refusal, as a device's would.
 */
export async function sendAsCpe(
  files: readonly CapturedFile[],
  connect: () => Connection,
  report: (exchange: Exchange) => void,
): Promise<void> {
  const answers = files.filter(isAnswer);
  const known = parametersOf(files);
  for (const requests of sessionsOf(files.filter((file) => !isAnswer(file)))) {
    const connection = connect();
    try {
      await runSession(requests, answers, known, connection, report);
    } finally {
      connection.close();
    }
  }
  for (const { name } of answers) {
    report({
      sent: name,
      status: 0,
      code: '',
      answer: 'not sent: it was not asked for',
      is_refused: false,
      body: '',
    });
  }
}

async function runSession(
  requests: readonly CapturedFile[],
  answers: CapturedFile[],
  known: ParameterValues,
  connection: Connection,
  report: (exchange: Exchange) => void,
): Promise<void> {
  for (const { name, bytes, isGzip } of requests) {
    const exchange = exchangeOf(name, await connection.post(bytes, xmlHeaders(isGzip)));
    report(exchange);
    if (exchange.is_refused) return;
  }
  let answer = await connection.post(Buffer.alloc(0), {});
  report(exchangeOf('(empty)', answer));
  for (let asked = 0; asked < MOST_QUESTIONS && answer.status === 200; asked += 1) {
    const request = readAcsRequest(answer.body);
    if (request === undefined || request.method === 'Fault') return;
    const { name, body } = nextAnswer(request, answers, known);
    answer = await connection.post(body, xmlHeaders(false));
    report(exchangeOf(name, answer));
  }
}

function nextAnswer(
  request: AcsRequest,
  answers: CapturedFile[],
  known: ParameterValues,
): { name: string; body: Buffer } {
  const captured = request.method === 'GetParameterValues' ? answers.shift() : undefined;
  if (captured !== undefined) return { name: captured.name, body: underId(captured, request.id) };
  return { name: `(answer to ${request.method})`, body: Buffer.from(answerAcsRequest(request, known)) };
}

const isAnswer = ({ message }: CapturedFile): boolean =>
  message !== undefined && ['GetParameterValuesResponse', 'response', 'Fault'].includes(message.body.method);

function sessionsOf(files: readonly CapturedFile[]): CapturedFile[][] {
  const sessions: CapturedFile[][] = [];
  for (const file of files) {
    const current = sessions.at(-1);
    if (current === undefined || file.message?.body.method === 'Inform') sessions.push([file]);
    else current.push(file);
  }
  return sessions;
}

function parametersOf(files: readonly CapturedFile[]): ParameterValues {
  const bodies = files.flatMap(({ message }) => (message === undefined ? [] : [message.body]));
  return Object.assign(
    {},
    ...bodies.map((body) => ('parameters' in body ? body.parameters : {})),
  ) as ParameterValues;
}

/** As of a CPE; the charset stands in the body (TR-069 Amendment 6, 3.4.1). */
const xmlHeaders = (isGzip: boolean): Record<string, string> => ({
  'Content-Type': 'text/xml',
  SOAPAction: '',
  ...(isGzip ? { 'Content-Encoding': 'gzip' } : {}),
});
