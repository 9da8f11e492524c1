import { newDeviceRecord, type CpeEvent, type ReportData } from '@cpemon/domain';
import { OTHERS } from '@cpemon/store';
import type { CachedDevice } from '../cached-device.js';
import { METRICS_A_FIRMWARE, MOST_FIRMWARES, PATHS_A_MODEL } from './coverage-counts.js';
import { createCoverage, LOOKED_AT_FIRST, SURVEYS_A_FIRMWARE } from './coverage.js';

const AT = Date.parse('2026-11-21T12:00:00Z');

function device(model: string | null = 'GX-1', swVersion: string | null = '1.0'): CachedDevice {
  const record = newDeviceRecord({ serialNumber: 'A1', oui: '00D09E', productClass: 'GX' }, AT);
  return {
    record,
    swVersion,
    manufacturer: 'ACME',
    model,
    wheelBucket: Infinity,
    changedIn: 0,
    healthCounted: 0,
  };
}

const report = (data: ReportData, type: CpeEvent['type'] = 'cpemon.inform.v1'): CpeEvent => ({
  ...{ id: 'e', source: '/cwmp', type, subject: 'A1', correlationid: 'c', data },
});

const PARAMETERS = {
  'Device.Optical.Interface.1.OpticalSignalLevel': { value: '0', type: 'int' },
  'Device.X_ACME.3.Level': { value: '[not kept]', type: 'unsignedInt' },
  'Device.X_ACME.4.Level': { value: '-12.5', type: 'unsignedInt' },
  'Device.X_ACME.Password': { value: '[redacted]' },
  'Device.Hosts.Host.1.HostName': { value: 'phone' },
};

test('metrics are counted by model and firmware, with when they came first and last', () => {
  const coverage = createCoverage();
  coverage.note(device(), report({ metrics: { cpu_used_ratio: 0.1 } }), AT + 1000);
  coverage.note(device(), report({ metrics: { cpu_used_ratio: 0.2, uptime_seconds: 7 } }), AT);
  coverage.note(device(), report({ attributes: { sw_version: '2.0' } }), AT);
  const { models, metrics } = coverage.take();
  expect(models).toEqual([
    {
      ...{ model: 'GX-1', firmware: '1.0', manufacturer: 'ACME', reports: 2, lookedAt: 2, surveyed: 0 },
      ...{ firstAt: AT, lastAt: AT + 1000 },
    },
    expect.objectContaining({ firmware: '2.0', reports: 1 }),
  ]);
  expect(metrics.map(({ metric, seen }) => [metric, seen])).toEqual([
    ['cpu_used_ratio', 2],
    ['uptime_seconds', 1],
  ]);
  expect(coverage.take()).toEqual({ models: [], metrics: [], paths: [] });
});

test('a device that tells no model goes by its product class', () => {
  const coverage = createCoverage();
  coverage.note(device(null, null), report({}), AT);
  expect(coverage.take().models).toMatchObject([{ model: 'GX', firmware: '' }]);
});

test('what comes only as no reading, and what no rule reads, is told apart; secrets and hosts are neither', () => {
  const coverage = createCoverage();
  coverage.note(device(), report({ parameters: PARAMETERS }), AT);
  const { models, metrics, paths } = coverage.take();
  expect(models).toMatchObject([{ surveyed: 1 }]);
  expect(metrics).toMatchObject([{ metric: 'rx_power_dbm', seen: 0, noReading: 1 }]);
  expect(paths).toEqual([
    {
      ...{ model: 'GX-1', firmware: '1.0', path: 'Device.X_ACME.{i}.Level', type: 'unsignedInt', form: '' },
      ...{ seen: 1, firstAt: AT, lastAt: AT },
    },
  ]);
});

test('a kept value is shown by its form alone', () => {
  const coverage = createCoverage();
  const parameters = { 'Device.X_ACME.Name': { value: 'Anna 22, +49 30 1234 <a>' } };
  coverage.note(device(), report({ parameters }), AT);
  expect(coverage.take().paths[0]?.form).toBe('xxxx 99, +99 99 9999 ?x?');
});

test('of many reports some are looked at, and of fewer the parameters', () => {
  const coverage = createCoverage();
  for (let n = 0; n < LOOKED_AT_FIRST + 160; n += 1)
    coverage.note(device(), report({ parameters: PARAMETERS }), AT);
  expect(coverage.take().models).toMatchObject([
    { reports: LOOKED_AT_FIRST + 160, lookedAt: LOOKED_AT_FIRST + 10, surveyed: SURVEYS_A_FIRMWARE },
  ]);
});

test('what somebody else tells of a device is not counted', () => {
  const coverage = createCoverage();
  coverage.note(device(), report({ metrics: { olt_rx_power_dbm: -20 } }, 'cpemon.observation.v1'), AT);
  expect(coverage.take().models).toEqual([]);
});

test('invented models, metrics and paths are counted as others', () => {
  const coverage = createCoverage();
  for (let n = 0; n < MOST_FIRMWARES + 10; n += 1) coverage.note(device(`M${n}`), report({}), AT);
  const { models } = coverage.take();
  expect(models).toHaveLength(MOST_FIRMWARES + 1);
  expect(models.at(-1)).toMatchObject({ model: OTHERS, firmware: '', reports: 10 });

  const names = Array.from({ length: METRICS_A_FIRMWARE + 5 }, (_, n) => [`m${n}`, n]);
  const paths = Array.from({ length: PATHS_A_MODEL + 5 }, (_, n) => [`Device.X_A${n}.V`, { value: 'x' }]);
  coverage.note(
    device(),
    report({
      metrics: Object.fromEntries(names) as Record<string, number>,
      parameters: Object.fromEntries(paths) as NonNullable<ReportData['parameters']>,
    }),
    AT,
  );
  const taken = coverage.take();
  expect(taken.metrics).toHaveLength(METRICS_A_FIRMWARE + 1);
  expect(taken.metrics.at(-1)).toMatchObject({ metric: OTHERS, seen: 5 });
  expect(taken.paths).toHaveLength(PATHS_A_MODEL + 1);
  expect(taken.paths.at(-1)).toMatchObject({ path: OTHERS, seen: 5 });
});

test('what could not be written is added to what came meanwhile', () => {
  const coverage = createCoverage();
  const once = report({ metrics: { cpu_used_ratio: 0.1 }, parameters: PARAMETERS });
  coverage.note(device(), once, AT);
  const taken = coverage.take();
  coverage.note(device(), once, AT + 5);
  coverage.putBack(taken);
  const both = coverage.take();
  expect(both.models).toMatchObject([{ reports: 2, lookedAt: 2, firstAt: AT, lastAt: AT + 5 }]);
  expect(both.metrics.map(({ metric, seen, noReading }) => [metric, seen, noReading])).toEqual([
    ['cpu_used_ratio', 2, 0],
    ['rx_power_dbm', 0, 2],
  ]);
  expect(both.paths).toMatchObject([{ seen: 2 }]);
});
