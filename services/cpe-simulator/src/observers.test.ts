import { createSimulatedFleet } from '../../../tests/support/simulated-fleet.js';
import type { Outcome } from './outcome.js';
import { builtInScenario } from './scenarios/built-in-scenarios.js';

const ACCEPTED: Outcome = { kind: 'accepted', rejected: [] };

describe('what others see of devices', () => {
  it('is told in batches of CloudEvents, and counted for each device as an event that is no report', async () => {
    const bodies: string[] = [];
    const stage = createSimulatedFleet({
      ...{ devices: 300, intervalSeconds: 10 },
      answerObservations(request) {
        expect(request.headers['content-type']).toBe('application/cloudevents-batch+json');
        expect(request.path).toBe('/v1/events');
        bodies.push(String(request.body));
        return ACCEPTED;
      },
    });
    await stage.pass(12);
    stage.player.start(builtInScenario('fibre-cut'));
    await stage.pass(100);
    const [device] = stage.devices((one) => stage.fleet.silence[one] !== 0);
    const { olt } = stage.fleet.placeOf(device!);
    const events = bodies.flatMap((body) => JSON.parse(body) as Record<string, unknown>[]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.find(({ subject }) => subject === stage.fleet.serialNumberOf(device!))).toMatchObject({
      ...{ specversion: '1.0', type: 'cpemon.observation.v1', source: `//${olt}` },
      data: { observer: 'olt', observed: 'los', state: 'raised' },
    });
    expect(stage.truth.paths.observation).toMatchObject({ sent: events.length, acknowledged: events.length });
    const { sent, last_sent_ts: lastSent } = stage.truthOf(device!);
    const reports = stage.heard.filter((one) => one.device === device);
    expect(sent).toBe(reports.length + 2);
    expect(lastSent).toBe(new Date(reports.at(-1)!.dueMs).toISOString());
  });

  it('is nothing of devices that the target cannot know yet', async () => {
    const stage = createSimulatedFleet({ devices: 300, intervalSeconds: 3600 });
    stage.player.start(builtInScenario('fibre-cut'));
    await stage.pass(100);
    expect(stage.observed).toEqual([]);
  });

  it('comes again with the same ids until it is taken, and counts once', async () => {
    const answers: Outcome[] = [
      { kind: 'refused', status: 503, retryAfterMs: 0 },
      { kind: 'unanswered', reason: 'timeout' },
    ];
    const ids: string[][] = [];
    const stage = createSimulatedFleet({
      ...{ devices: 300, intervalSeconds: 10 },
      answerObservations(request) {
        ids.push((JSON.parse(String(request.body)) as { id: string }[]).map(({ id }) => id));
        return answers.shift() ?? ACCEPTED;
      },
    });
    await stage.pass(12);
    stage.player.start(builtInScenario('fibre-cut'));
    await stage.pass(20);
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]).toEqual(ids[0]);
    const told = stage.observed.length;
    expect(stage.truth.paths.observation).toMatchObject({
      ...{ sent: told, acknowledged: told, in_doubt: 0, retries: 2 },
      ...{ refused_by_status: { '503': 1 }, unanswered_by_reason: { timeout: 1 } },
    });
  });

  it('that is refused for good was not sent; what is refused in a batch neither', async () => {
    const refusing = createSimulatedFleet({
      ...{ devices: 300, intervalSeconds: 10 },
      answerObservations: () => ({ kind: 'refused', status: 404, retryAfterMs: 0 }),
    });
    await refusing.pass(12);
    refusing.player.start(builtInScenario('fibre-cut'));
    await refusing.pass(10);
    expect(refusing.truth.paths.observation).toMatchObject({ sent: 0, in_doubt: 0 });
    const picky = createSimulatedFleet({
      ...{ devices: 300, intervalSeconds: 10 },
      answerObservations: () => ({ kind: 'accepted', rejected: [{ index: 0, reason: 'invalid_sn' }] }),
    });
    await picky.pass(12);
    picky.player.start(builtInScenario('fibre-cut'));
    await picky.pass(10);
    const { sent, acknowledged, rejected_by_reason: reasons } = picky.truth.paths.observation;
    expect(sent).toBe(acknowledged);
    expect(reasons['invalid_sn']).toBeGreaterThan(0);
  });

  it('waits while the simulator is held still, so that its books and the target’s can be compared', async () => {
    const stage = createSimulatedFleet({ devices: 300, intervalSeconds: 10 });
    await stage.pass(12);
    stage.player.start(builtInScenario('fibre-cut'));
    stage.simulation.pause();
    await stage.pass(20);
    expect(stage.observed).toEqual([]);
    stage.simulation.resume();
    await stage.pass(3);
    expect(stage.observed.length).toBeGreaterThan(5);
  });
});
