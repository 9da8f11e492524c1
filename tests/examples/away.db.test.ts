import { findingsOf, type Findings } from './operation/findings.js';
import { startOperation, type Operation, type Part } from './operation/operation.js';
import { WARM_UP_MINUTES, lasting } from './operation/play.js';
import { checkPage } from './page/example-page.js';
import { countBy, figuresOf } from './page/figures.js';
import { builtInScenario } from '../../services/cpe-simulator/src/scenarios/built-in-scenarios.js';

jest.setTimeout(600_000);

const MINUTE = 60_000;
let operation: Operation;
beforeEach(async () => {
  operation = await startOperation({ devices: 512 });
  await operation.pass(WARM_UP_MINUTES);
});
afterEach(() => operation.stop());

const turned = ({ timeline }: Findings) => timeline.filter(({ kind }) => kind === 'reachability');
const messages = ({ messages: all }: Findings) => countBy(all, ({ kind }) => kind);

/** Something is away for half an hour, and back for an hour. */
async function away(part: Part): Promise<Findings> {
  operation.takeAway(part);
  await operation.pass(30);
  operation.bringBack(part);
  await operation.pass(60);
  return findingsOf(operation);
}

test.each(['writer', 'ingest', 'database'] as const)(
  'while the %s is away for half an hour no device turns offline, and nobody is told anything',
  async (part) => {
    const findings = await away(part);
    expect(turned(findings)).toEqual([]);
    expect(findings.alerts).toEqual([]);
    expect(findings.messages).toEqual([]);
    expect(findings.reachability).toEqual({ online: 512 });
  },
);

test.each(['ingest', 'database'] as const)(
  'who falls silent while the %s is away is offline afterwards, and nobody else',
  async (part) => {
    operation.takeAway(part);
    await operation.pass(5);
    operation.stage.player.start(builtInScenario('fibre-cut'));
    await operation.pass(25);
    operation.bringBack(part);
    await operation.pass(60);
    const findings = await findingsOf(operation);
    const [incident] = operation.stage.incidents.list();
    const offline = turned(findings).filter(({ data }) => data['to'] === 'offline');
    expect(offline.map(({ serialNumber }) => serialNumber).sort()).toEqual(
      [...incident!.serial_numbers].sort(),
    );
    expect(findings.alerts.filter(({ kind, state }) => kind === 'group' && state === 'firing')).toMatchObject(
      [{ groupLabel: 'pon', groupValue: incident!.labels['pon'], missing: incident!.devices }],
    );
    expect(messages(findings)).toEqual({ 'alert.firing': 1 });
  },
);

test('an outage that begins while the writer is stopped and outlasts it is told once, with its true start', async () => {
  operation.takeAway('writer');
  await operation.pass(5);
  operation.stage.player.start(lasting('olt-outage', 120));
  const diedAt = operation.stage.nowMs();
  await operation.pass(55);
  operation.bringBack('writer');
  await operation.pass(20);
  const found = await findingsOf(operation);
  const [alarm] = found.alerts.filter(({ rule, state }) => rule === 'group' && state === 'firing');
  expect(alarm).toMatchObject({ groupLabel: 'olt', cause: 'session' });
  expect(Math.abs(alarm!.startedAt - diedAt)).toBeLessThan(5 * MINUTE);
  expect(messages(found)).toEqual({ 'alert.firing': 1 });
  // Each by its own deadline: 15 minutes after its last report.
  for (const { at } of turned(found).filter(({ data }) => data['to'] === 'offline')) {
    expect(at).toBeGreaterThan(diedAt + 9 * MINUTE);
    expect(at).toBeLessThan(diedAt + 16 * MINUTE);
  }
  await operation.pass(80);
  const findings = await findingsOf(operation);
  expect(messages(findings)).toEqual({ 'alert.firing': 1, 'alert.resolved': 1 });
  checkPage('outage-outlasts-the-writer', figuresOf(operation.stage.incidents.list(), findings));
});

test('an outage that begins and ends while the writer is stopped is in the timeline, and told to nobody', async () => {
  operation.takeAway('writer');
  await operation.pass(5);
  operation.stage.player.start(lasting('olt-outage', 40));
  const diedAt = operation.stage.nowMs();
  await operation.pass(85);
  operation.bringBack('writer');
  await operation.pass(30);
  const findings = await findingsOf(operation);
  const [incident] = operation.stage.incidents.list();
  expect(findings.messages).toEqual([]);
  expect(findings.alerts.filter(({ state }) => state !== 'pending')).toEqual([]);
  const members = [...incident!.serial_numbers].sort();
  for (const to of ['offline', 'online']) {
    const rows = turned(findings).filter(({ data }) => data['to'] === to);
    expect(rows.map(({ serialNumber }) => serialNumber).sort()).toEqual(members);
  }
  for (const { at } of turned(findings).filter(({ data }) => data['to'] === 'offline')) {
    expect(at).toBeGreaterThan(diedAt + 9 * MINUTE);
    expect(at).toBeLessThan(diedAt + 16 * MINUTE);
  }
  const absences = findings.timeline.filter(({ kind }) => kind === 'absence');
  expect(countBy(absences, ({ data }) => String(data['cause']))).toEqual({ line_or_path: members.length });
  checkPage('outage-within-a-stop-of-the-writer', [
    ...figuresOf(operation.stage.incidents.list(), findings),
    [
      'rows of the timeline',
      `${members.length} stale, ${members.length} offline, ${members.length} online, ${absences.length} absence \`line_or_path\``,
    ],
  ]);
});
