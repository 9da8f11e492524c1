import { simulateDay, type SimulatedDay } from './operation/simulated-day.js';

/** Of npm run simulated-day; without it a small fleet. */
const given = JSON.parse(process.env['CPEMON_SIMULATED_DAY'] ?? '{}') as Record<string, number>;
const options = {
  ...{ devices: 2000, intervalSeconds: 3600, devicesPerSite: 64, seed: 1 },
  ...given,
};
const isLong = given['devices'] !== undefined;
const say = isLong ? (line: string) => void process.stderr.write(`${line}\n`) : undefined;
jest.setTimeout(isLong ? 6 * 3_600_000 : 600_000);

/** More would be muted within a week. */
const MOST_NOTIFICATIONS = 20;

const tell = (name: string, { operation, notifications, findings, faults }: SimulatedDay): void => {
  if (!isLong) return;
  const lines = faults.map(
    ({ incident, alarm, notifications: told, ofMembers }) =>
      `  ${incident.cause} of ${incident.devices} devices at ${incident.began_at}: told ${told} times, ` +
      `of its devices ${ofMembers.before} before, ${ofMembers.during} meanwhile, ${ofMembers.afterwards} afterwards; ${alarm === undefined ? 'NOT FOUND' : `${alarm.summary}; began ${new Date(alarm.startedAt).toISOString()}`}`,
  );
  const states = JSON.stringify(findings.reachability);
  process.stderr.write(
    [`${name}: ${operation.accepted()} events, ${notifications} notifications, ${states}`, ...lines, ''].join(
      '\n',
    ),
  );
};

test('a fleet that is well is told of fewer than twenty times a day', async () => {
  const day = await simulateDay({ ...options, faults: false, ...(say && { say }) });
  tell('a fleet that is well', day);
  expect(day.notifications).toBeLessThan(MOST_NOTIFICATIONS);
  expect(day.findings.alerts.filter(({ kind, state }) => kind === 'group' && state !== 'pending')).toEqual(
    [],
  );
});

test('ten things that break are found, each with its cause and its time, and told once', async () => {
  const day = await simulateDay({ ...options, faults: true, ...(say && { say }) });
  tell('ten faults', day);
  expect(day.faults).toHaveLength(10);
  for (const { incident, alarm, notifications, ofMembers } of day.faults) {
    expect(alarm).toMatchObject({ cause: incident.expected.named_cause, state: 'resolved' });
    // Between the last reports of its devices and itself: silence tells no more.
    const begunMs = Date.parse(incident.began_at);
    expect(alarm!.startedAt).toBeLessThanOrEqual(begunMs + 60_000);
    expect(alarm!.startedAt).toBeGreaterThan(begunMs - options.intervalSeconds * 1000);
    expect(notifications).toBe(1);
    // A business line may be offline for ten minutes before ten devices are: of one that reports every hour.
    expect(ofMembers.during).toBe(0);
  }
  const groups = day.findings.alerts.filter(({ kind, state }) => kind === 'group' && state !== 'pending');
  expect(groups).toHaveLength(10);
  expect(day.notifications).toBeLessThan(10 + MOST_NOTIFICATIONS);
});
