import { writeResponse } from '@cpemon/cwmp';
import { sampleInform } from '../inform-parse/sample-inform.js';

/** Devices are told apart by eight digits. */
const SERIAL_DIGITS = 8;
/** `2026-01-01T00:00:00.000Z`. */
const TIME_CHARACTERS = 24;
const NAMESPACE = 'urn:dslforum-org:cwmp-1-0';

const SERIAL_MARK = '#'.repeat(SERIAL_DIGITS);
const TIME_MARK = '~'.repeat(TIME_CHARACTERS);

const INFORM = sampleInform(SERIAL_MARK)
  .toString('latin1')
  .replace(/(?<=<CurrentTime>)[^<]+/, TIME_MARK);

/** What bare Express answers an Inform with: the bytes of our own answer. */
export const INFORM_RESPONSE = writeResponse({ id: '1', namespace: NAMESPACE }, 'Inform');
/** As long as ours. */
export const SESSION_COOKIE = `session=${'c'.repeat(120)}; Path=/; HttpOnly`;

export interface CwmpTarget {
  host: string;
  port: number;
}

/** An Inform of one connection, written in place for each session. */
export function createInformRequest({ host, port }: CwmpTarget): {
  bytes: Buffer;
  fill(device: number, timeMs: number): void;
} {
  const head = [
    'POST /cwmp HTTP/1.1',
    `Host: ${host}:${port}`,
    'Content-Type: text/xml; charset=utf-8',
    'SOAPAction: ""',
    `Content-Length: ${Buffer.byteLength(INFORM)}`,
    '\r\n',
  ].join('\r\n');
  const bytes = Buffer.from(head + INFORM, 'latin1');
  const serialAt = bytes.indexOf(SERIAL_MARK);
  const timeAt = bytes.indexOf(TIME_MARK);
  return {
    bytes,
    fill(device, timeMs) {
      bytes.write(String(device).padStart(SERIAL_DIGITS, '0'), serialAt, 'latin1');
      bytes.write(new Date(timeMs).toISOString(), timeAt, 'latin1');
    },
  };
}

const SET_COOKIE = /\r\nset-cookie: *([^;\r]+)/i;

/** The empty POST that goes on with the session of an InformResponse. @param head of that answer */
export function emptyRequest({ host, port }: CwmpTarget, head: string): Buffer {
  const cookie = SET_COOKIE.exec(head)?.[1] ?? '';
  return Buffer.from(
    `POST /cwmp HTTP/1.1\r\nHost: ${host}:${port}\r\nCookie: ${cookie}\r\nContent-Length: 0\r\n\r\n`,
    'latin1',
  );
}
