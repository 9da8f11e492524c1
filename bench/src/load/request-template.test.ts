import { createRequestTemplate } from './request-template.js';
import { scheduleOf, serialNumberOf } from './fleet-plan.js';

const schedule = scheduleOf({
  devices: 1000,
  order: { seed: 7 },
  startMs: 1_795_000_000_000,
  eventsPerMs: 2,
});
const target = { host: '127.0.0.1', port: 8080, path: '/v1/telemetry', token: 'secret' };

function sent(batch: number, n: number): { head: string; events: { sn: string; ts: string }[] } {
  const template = createRequestTemplate({ ...target, batch });
  template.fill(0, schedule);
  template.fill(n, schedule);
  const [head = '', body = ''] = template.bytes.toString().split('\r\n\r\n');
  expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  const parsed = JSON.parse(body) as { sn: string; ts: string };
  return { head, events: batch === 1 ? [parsed] : (parsed as never) };
}

describe('a request written in place', () => {
  it('carries the events that the plan names, each with its own device and time', () => {
    const { head, events } = sent(5, 40);
    expect(head).toContain('POST /v1/telemetry HTTP/1.1');
    expect(head).toContain('Authorization: Bearer secret');
    expect(events).toHaveLength(5);
    events.forEach((event, index) => {
      expect(event.sn).toBe(serialNumberOf(schedule.deviceOf(40 + index)));
      expect(Date.parse(event.ts)).toBe(schedule.timeOf(40 + index));
    });
  });

  it('carries a single event as an object', () => {
    expect(sent(1, 17).events[0]?.sn).toBe(serialNumberOf(schedule.deviceOf(17)));
  });
});
