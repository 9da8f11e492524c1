import type { Fleet } from '../fleet.js';
import {
  refusalOf,
  type HttpAnswer,
  type HttpConnection,
  type HttpTarget,
  type Unanswered,
} from '../http-target.js';
import { INFORM_EVENTS } from '../inform-events.js';
import { leavesDoubt, type Outcome } from '../outcome.js';
import { informOf } from '../reports/inform.js';
import { onlyReport } from '../shipment.js';
import type { SendShipment } from '../transport.js';
import { readAcsRequest } from './acs-request.js';
import { answerRequest } from './answer-request.js';
import { transferCompleteXml } from './envelope.js';
import { authorization, readChallenge, type Challenge, type Credentials } from './http-auth.js';
import type { CpeOrders, DeviceNotes } from './orders.js';

/** What became of a message of which the target makes an event. */
export type MessageFate = 'acknowledged' | 'in_doubt' | 'not_taken';

export interface CwmpSessionSettings {
  fleet: Fleet;
  target: HttpTarget;
  credentialsOf: (device: number) => Credentials | undefined;
  /** One TCP connection a session, as CPEs do, instead of the pool's. */
  connectionPerSession: boolean;
  /** Whether this session ends after the InformResponse, as those of broken boxes do. */
  endsEarly: (device: number) => boolean;
  notesOf: (device: number) => DeviceNotes | undefined;
  /** The ACS has been told of these. */
  noted: (device: number, notes: DeviceNotes) => void;
  orders: CpeOrders;
  /** A message is on its way; call what it returns with its fate. */
  messageSent: (device: number) => (fate: MessageFate) => void;
  /** Epoch milliseconds. */
  now: () => number;
}

/** An ACS that asks without end ends the session; real ones ask for less than ten things. */
const MOST_REQUESTS = 64;

/** Has the session of a report with its ACS: TR-069 Amendment 6, 3.7.2. */
export function createCwmpSessions(settings: CwmpSessionSettings): SendShipment {
  const { target } = settings;
  return async (shipment) => {
    const connection = settings.connectionPerSession ? target.connect() : undefined;
    try {
      return await holdSession(settings, connection ?? target, shipment);
    } finally {
      await connection?.close();
    }
  };
}

async function holdSession(
  settings: CwmpSessionSettings,
  connection: HttpConnection,
  shipment: Parameters<SendShipment>[0],
): Promise<Outcome> {
  const { fleet, now, target } = settings;
  const report = onlyReport(shipment);
  const { device } = report;
  const post = createSessionPost(settings, connection, device, target.prefix === '' ? '/' : target.prefix);
  /** Sends a message of which an event is made; `expected` stands in the answer when it was taken. */
  const tell = async (
    body: string,
    expected: string,
  ): Promise<HttpAnswer | Exclude<Outcome, { kind: 'accepted' }>> => {
    const settled = settings.messageSent(device);
    const answer = await post(body);
    const failure = failureOf(answer, expected);
    settled(failure === undefined ? 'acknowledged' : leavesDoubt(failure) ? 'in_doubt' : 'not_taken');
    return failure ?? answer;
  };

  const notes = settings.notesOf(device);
  const inform = informOf(fleet, report, now(), shipment.retryCount, notes?.commandKeys);
  const informed = await tell(inform, 'InformResponse');
  if (informed.kind !== 'answered') return informed;
  if (settings.endsEarly(device)) return { kind: 'accepted', rejected: [] };

  if ((report.events & INFORM_EVENTS.transferComplete.bit) !== 0) {
    for (const transfer of notes?.transfers ?? []) {
      const told = await tell(
        transferCompleteXml(fleet.modelOf(device).envelope, 't1', transfer),
        'TransferCompleteResponse',
      );
      if (told.kind !== 'answered') return told;
    }
  }
  if (notes !== undefined) settings.noted(device, notes);

  let answer = await post('');
  for (let asked = 0; asked < MOST_REQUESTS; asked++) {
    const failure = failureOf(answer, '');
    if (failure !== undefined) return failure;
    const { status, text } = answer as HttpAnswer;
    if (status === 204 || text.trim() === '') return { kind: 'accepted', rejected: [] };
    const request = readAcsRequest(text);
    if (request.method === '') return { kind: 'unanswered', reason: 'not_our_answer' };
    const { body, hasValues } = answerRequest(fleet, device, request, now(), settings.orders);
    if (hasValues) {
      const told = await tell(body, '');
      if (told.kind !== 'answered') return told;
      answer = told;
    } else {
      answer = await post(body);
    }
  }
  return { kind: 'accepted', rejected: [] };
}

/** Posts of one session: with the cookies it was given and the credentials that were asked for. */
function createSessionPost(
  settings: CwmpSessionSettings,
  connection: HttpConnection,
  device: number,
  path: string,
): (body: string) => Promise<HttpAnswer | Unanswered> {
  const cookies = new Map<string, string>();
  let challenge: Challenge | undefined;

  const once = async (body: string): Promise<HttpAnswer | Unanswered> => {
    const credentials = settings.credentialsOf(device);
    const headers: Record<string, string> =
      body === '' ? {} : { 'content-type': 'text/xml; charset=utf-8', soapaction: '' };
    if (cookies.size > 0)
      headers['cookie'] = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (challenge !== undefined && credentials !== undefined)
      headers['authorization'] = authorization(challenge, credentials, 'POST', path);
    const answer = await connection.exchange({ path, body, headers });
    if (answer.kind === 'answered') keepCookies(cookies, answer.headers['set-cookie']);
    return answer;
  };

  return async (body) => {
    const answer = await once(body);
    if (answer.kind !== 'answered' || answer.status !== 401) return answer;
    const asked = readChallenge(answer.headers['www-authenticate']);
    // The same nonce again says that the credentials are wrong.
    if (asked === undefined || asked.nonce === challenge?.nonce) return answer;
    challenge = asked;
    return once(body);
  };
}

function keepCookies(cookies: Map<string, string>, header: string | string[] | undefined): void {
  for (const line of Array.isArray(header) ? header : header === undefined ? [] : [header]) {
    const [, name, value] = /^\s*([^=;\s]+)=([^;]*)/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) cookies.set(name, value);
  }
}

/** Why an answer is not what the session needs to go on. */
function failureOf(
  answer: HttpAnswer | Unanswered,
  expected: string,
): Exclude<Outcome, { kind: 'accepted' }> | undefined {
  if (answer.kind === 'unanswered') return answer;
  if (answer.status < 200 || answer.status > 299) return refusalOf(answer);
  if (answer.text.includes(':Fault>')) {
    const code = Number(/<FaultCode>(8\d{3})</.exec(answer.text)?.[1]);
    if (code > 0) return { kind: 'refused', status: code, retryAfterMs: 0 };
  }
  return answer.text.includes(expected) ? undefined : { kind: 'unanswered', reason: 'not_our_answer' };
}
