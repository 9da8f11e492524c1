import { join } from 'node:path';
import { readArrayBody, TELEMETRY_FORMAT, type RequestContext } from '@cpemon/contracts';
import { encodeEvents } from '@cpemon/event-log';
import { buildPackage } from '../../../../tests/support/build-package.js';
import { RefusedAppendError } from '../refused-append.js';
import { createReadingThread, type ReadingThread } from './reading-thread.js';

// A thread runs what was compiled.
const THREAD = join(__dirname, '../../dist/reading-thread/thread.js');
const LANES = 16;

const request: RequestContext = { nowMs: Date.now(), randomId: () => 'none', correlationId: 'c-1' };
const format = { ...TELEMETRY_FORMAT, testEvents: 'refused' as const };
let thread: ReadingThread;

// A fresh clone has nothing compiled.
beforeAll(() => buildPackage('intake'), 240_000);
beforeEach(() => {
  const failing = (): never => {
    throw new Error('nothing is to be logged');
  };
  thread = createReadingThread({ testEvents: 'refused' }, { error: failing }, THREAD);
});
afterEach(() => thread.stop());

const report = (index: number) => ({
  sn: `SN${String(index).padStart(6, '0')}`,
  ts: request.nowMs - index,
  uptime: index,
  note: 'ü'.repeat(40),
});
const bodyOf = (elements: readonly unknown[]): Buffer => Buffer.from(JSON.stringify(elements));
const reports = (count: number) => Array.from({ length: count }, (_, index) => report(index));

test('a body read by the thread is the one that is read here', async () => {
  const elements = [...reports(400), { no_serial: true }, report(7)];
  const here = readArrayBody(bodyOf(elements), format, request);
  if ('code' in here) throw new Error(here.code);
  const read = await thread.read(bodyOf(elements), request, LANES);
  if (read === undefined || 'refusal' in read) throw new Error('was not read');
  expect(read).toMatchObject({ eventCount: 401, rejected: here.rejected, drops: here.drops });
  const asText = read.events.map(({ json, ...part }) => ({
    ...part,
    json: Buffer.from(json as Uint8Array).toString(),
  }));
  expect(asText).toEqual(encodeEvents(here.events, LANES));
});

test('a refused body is given back with its refusal', async () => {
  const body = Buffer.from(`[${'{'.repeat(20_000)}`);
  const sent = Buffer.from(body);
  const read = await thread.read(sent, request, LANES);
  expect(read).toMatchObject({ refusal: { code: 'invalid_json' } });
  expect((read as { body: Buffer }).body.equals(body)).toBe(true);
});

test('a small body, and one for which too many wait, are left to the caller', async () => {
  expect(thread.read(bodyOf(reports(10)), request, LANES)).toBeUndefined();
  const large = bodyOf(reports(4000).map((each) => ({ ...each, note: 'x'.repeat(800) })));
  const fitting = Math.floor((16 * 1024 * 1024) / large.length);
  const taken = Array.from({ length: fitting + 3 }, () => thread.read(Buffer.from(large), request, LANES));
  expect(taken.filter((reading) => reading !== undefined)).toHaveLength(fitting);
  for (const reading of taken) await reading;
  expect(await thread.read(bodyOf(reports(400)), request, LANES)).toMatchObject({ eventCount: 400 });
});

test('a thread that ends refuses what it had, and the next body starts another', async () => {
  const reading = thread.read(bodyOf(reports(400)), request, LANES);
  await Promise.all([expect(reading).rejects.toBeInstanceOf(RefusedAppendError), thread.stop()]);
  const again = await thread.read(bodyOf(reports(400)), request, LANES);
  expect(again).toMatchObject({ eventCount: 400 });
});
