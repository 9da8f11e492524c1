import { createReckoner, type LogEntry } from '../chaos/watch/device-model.js';

const NOON = Date.UTC(2026, 0, 1, 12);

let sequence: number;
let reckoner: ReturnType<typeof createReckoner>;
beforeEach(() => {
  sequence = 0;
  reckoner = createReckoner();
});

function apply(n: number, entry: Partial<LogEntry> = {}): void {
  sequence += 1;
  const receivedAt = NOON + sequence * 1000;
  reckoner.apply({
    ...{ generation: 1, lane: 0, sequence, receivedAt, device: 0, n, counter: n },
    ...{ source: '/telemetry', id: `event-${n}`, type: 'cpemon.heartbeat.v1', time: receivedAt },
    ...{ intervalSeconds: 300, fails: false },
    ...entry,
  });
}

test('the last report is in force', () => {
  apply(1);
  apply(2, { source: '/webhook' });
  expect(reckoner.model()).toMatchObject({
    applied: 2,
    duplicates: 0,
    late: 0,
    counter: 2,
    source: '/webhook',
  });
});

test('a repeat counts and changes nothing', () => {
  apply(1);
  apply(2);
  apply(1, { time: NOON });
  expect(reckoner.model()).toMatchObject({ applied: 3, duplicates: 1, late: 0, counter: 2 });
});

test('a repeat after sixteen other events is late', () => {
  for (let n = 1; n <= 17; n += 1) apply(n);
  apply(1, { time: NOON });
  expect(reckoner.model()).toMatchObject({ duplicates: 0, late: 1, counter: 17 });
});

test('a late report is late only to its own source', () => {
  apply(1);
  apply(2, { time: NOON - 3_600_000 });
  apply(3, { time: NOON - 3_600_000, source: '/webhook' });
  expect(reckoner.model()).toMatchObject({ late: 1, counter: 3 });
});
