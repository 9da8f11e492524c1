import { USUAL_PLAN } from '../fleet-plan.js';
import { createFleet } from '../fleet.js';
import { BUILT_IN_MODELS } from '../models/built-in-models.js';
import { heartbeatBody, telemetryBody, webhookBody } from './heartbeat-body.js';
import type { Report } from './report.js';

const fleet = createFleet({
  devices: 300,
  intervalSeconds: 60,
  intervalSpread: 0,
  mix: [{ way: 'heartbeat', weight: 1 }],
  plan: { ...USUAL_PLAN, models: BUILT_IN_MODELS },
  seed: 1,
  serialPrefix: 'SIM-',
});
const NOW = Date.parse('2026-11-21T11:32:00.000Z');
const MINUTE = 60_000;
const report = (device: number, dueMs: number): Report => ({ device, dueMs, events: 0, inDoubt: false });

type Heartbeat = Record<string, number>;
const heartbeat = (device: number, dueMs: number): Heartbeat =>
  JSON.parse(heartbeatBody(fleet, report(device, dueMs))) as Heartbeat;
const onFibre = [...fleet.silence.keys()].find((device) => fleet.modelOf(device).access === 'fibre') ?? 0;

describe('a heartbeat', () => {
  it('has the canonical shape, about 390 bytes long', () => {
    const body = heartbeatBody(fleet, report(onFibre, NOW));
    expect(Object.keys(JSON.parse(body) as object)).toEqual([
      'sn',
      'ts',
      'interval_seconds',
      'wan_ip',
      'sw_version',
      'hw_version',
      'manufacturer',
      'model',
      'cpu_pct',
      'mem_pct',
      'uptime_seconds',
      'temperature_celsius',
      'rx_power_dbm',
      'tx_power_dbm',
      'wifi_clients',
      'wan_rx_bytes',
      'wan_tx_bytes',
    ]);
    expect(body.length).toBeGreaterThan(350);
    expect(body.length).toBeLessThan(430);
    expect(heartbeat(onFibre, NOW)).toMatchObject({
      sn: fleet.serialNumberOf(onFibre),
      ts: '2026-11-21T11:32:00.000Z',
      interval_seconds: 60,
    });
  });

  it('is the same, byte for byte, for the same device and time', () => {
    const bodies = [0, 1].map(() => heartbeatBody(fleet, report(5, NOW)));
    expect(bodies[0]).toBe(bodies[1]);
    expect(heartbeatBody(fleet, report(5, NOW + MINUTE))).not.toBe(bodies[0]);
  });

  it('stays within what real boxes report, over the fleet and a day', () => {
    for (let device = 0; device < fleet.size; device++) {
      const report = heartbeat(device, NOW + device * 5 * MINUTE);
      const within = (name: string, min: number, max: number): void => {
        const value = report[name];
        if (value === undefined) return;
        expect(value).toBeGreaterThanOrEqual(min);
        expect(value).toBeLessThanOrEqual(max);
      };
      within('cpu_pct', 1, 100);
      within('mem_pct', 5, 99);
      within('uptime_seconds', 0, 90 * 86_400);
      within('temperature_celsius', 35, 75);
      within('rx_power_dbm', -25, -14);
      within('tx_power_dbm', 1.5, 3);
      within('wifi_clients', 0, 64);
      within('wan_rx_bytes', 0, 1e13);
    }
  });

  it('moves in small steps from minute to minute, and its byte counters never run backwards between boots', () => {
    let before = heartbeat(onFibre, NOW);
    const cpu = new Set([before['cpu_pct']]);
    for (let minute = 1; minute <= 300; minute++) {
      const report = heartbeat(onFibre, NOW + minute * MINUTE);
      cpu.add(report['cpu_pct']);
      expect(Math.abs((report['cpu_pct'] as number) - (before['cpu_pct'] as number))).toBeLessThan(20);
      expect(Math.abs((report['rx_power_dbm'] as number) - (before['rx_power_dbm'] as number))).toBeLessThan(
        0.1,
      );
      if ((report['uptime_seconds'] as number) > (before['uptime_seconds'] as number)) {
        expect(report['wan_rx_bytes']).toBeGreaterThan(before['wan_rx_bytes'] as number);
      }
      before = report;
    }
    expect(cpu.size).toBeGreaterThan(30);
  });

  it('counts uptime in real seconds', () => {
    const first = heartbeat(onFibre, NOW)['uptime_seconds'] as number;
    expect(heartbeat(onFibre, NOW + MINUTE)['uptime_seconds']).toBe(first + 60);
  });
});

describe('a gateway’s batch', () => {
  it('is an array of heartbeats in order', () => {
    const reports = [report(2, NOW), report(1, NOW + 5)];
    expect(JSON.parse(telemetryBody(fleet, reports))).toEqual([heartbeat(2, NOW), heartbeat(1, NOW + 5)]);
  });
});

describe('a webhook', () => {
  it('carries event_ts and the Inform’s event codes', () => {
    const body = JSON.parse(webhookBody(fleet, report(3, NOW))) as Record<string, unknown>;
    expect(body).toMatchObject({
      sn: 'SIM-00000004',
      event_ts: '2026-11-21T11:32:00.000Z',
      event_codes: ['2 PERIODIC'],
    });
    expect(body).not.toHaveProperty('ts');
  });

  it('says BOOT in the first report after a boot', () => {
    const uptimeMs = (heartbeat(3, NOW)['uptime_seconds'] as number) * 1000;
    const body = webhookBody(fleet, report(3, NOW - uptimeMs + 5000));
    expect(JSON.parse(body)).toMatchObject({ event_codes: ['1 BOOT'] });
  });
});
