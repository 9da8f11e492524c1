import { DROP_REASONS } from '@cpemon/contracts';
import { WEBHOOK_CORPUS, type WebhookRow } from '../../../../tests/corpus/webhook/index.js';
import { createIntakeProbe, type IntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createAcsIngest } from '../app.js';

let probe: IntakeProbe;
let url: string;
beforeEach(async () => {
  probe = createIntakeProbe('acs-ingest', ['webhook']);
  url = await probe.serve(createAcsIngest({ ...probe, webhookSecrets: 'none' }));
});
afterEach(() => probe.close());

const post = ({ body, contentType = 'application/json', headers }: WebhookRow) =>
  fetch(`${url}/acs/webhook`, { method: 'POST', body, headers: { 'content-type': contentType, ...headers } });
const counter = (series: string) => probe.counter(`cpemon_ingest_${series}`);

test.each(WEBHOOK_CORPUS.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
  const { expected } = row;
  const answer = await post(row);
  const said = (await answer.json()) as Record<string, unknown>;
  if ('status' in expected) {
    const { status, code } = expected;
    expect(said).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await counter(`requests_total{path="webhook",code="${code}"}`)).toBe(1);
    expect(probe.appender.events).toEqual([]);
    return;
  }
  const { events, drops = {}, rejected = [] } = expected;
  expect(said).toMatchObject({ status: 'queued' });
  expect(answer.status).toBe(202);
  expect(probe.appender.events).toMatchObject(events.map(withoutAbsent));
  for (const [index, event] of events.entries()) {
    const absent = Object.keys(event).filter((name) => event[name as keyof typeof event] === undefined);
    for (const name of absent) expect(probe.appender.events[index]).not.toHaveProperty(name);
  }
  expect(JSON.stringify(probe.appender.events)).not.toContain('hunter2');
  expect(await counter('events_total{path="webhook"}')).toBe(events.length);
  for (const reason of rejected) {
    expect(await counter(`refused_total{path="webhook",reason="${reason}"}`)).toBe(1);
  }
  expect(await dropped()).toEqual(drops);
});

test('what was appended of a body is the same event when it comes again', async () => {
  for (const row of WEBHOOK_CORPUS) {
    if ('status' in row.expected) continue;
    probe.appender.events = [];
    await post(row);
    await post(row);
    const { events } = probe.appender;
    const first = events.slice(0, events.length / 2);
    const again = events.slice(events.length / 2);
    for (const [index, event] of first.entries()) {
      // Without a time or an id nobody can tell it from another.
      const isUnknown = event.type === 'cpemon.acs-event.v1' && event.time === undefined;
      if (isUnknown) expect(again[index]?.id).not.toBe(event.id);
      else expect([row.name, again[index]?.id]).toEqual([row.name, event.id]);
    }
  }
});

test('two different events of one device in the same millisecond are two', async () => {
  const at = '2026-03-01T10:00:00.000Z';
  for (const event of ['1 BOOT', '4 VALUE CHANGE']) {
    await post({
      name: '',
      body: JSON.stringify({ serial: 'A1', at, timestamp: at, event }),
      expected: { events: [] },
    });
  }
  const [one, other] = probe.appender.events;
  expect(one?.id).not.toBe(other?.id);
});

const withoutAbsent = (event: object): object =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));

async function dropped(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const reason of DROP_REASONS) {
    const count = await counter(`dropped_values_total{reason="${reason}"}`);
    if (count > 0) counts[reason] = count;
  }
  return counts;
}
