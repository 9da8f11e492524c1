import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const INTEGRATIONS = join(__dirname, '../../docs/integrations');
const PROVISIONS = join(INTEGRATIONS, 'genieacs/provisions');
const MODELS = join(__dirname, '../../packages/device-models/src/models');

interface ModelFile {
  rules: { path: string }[];
  known?: string[];
}

const patternOf = (path: string): string => path.replace(/\.(\d+|\*|\{i\})(?=\.|$)/g, '.{i}').toLowerCase();

test('every parameter that the documents recommend means something to CPEmon', () => {
  const understood = new Set(
    readdirSync(MODELS).flatMap((file) => {
      const { rules = [], known = [] } = JSON.parse(
        readFileSync(join(MODELS, file), 'utf8'),
      ) as Partial<ModelFile>;
      return [...rules.map(({ path }) => path), ...known].map(patternOf);
    }),
  );
  const text = ['what-to-configure.md', 'genieacs/README.md']
    .map((file) => readFileSync(join(INTEGRATIONS, file), 'utf8'))
    .join('\n');
  const paths = [...text.matchAll(/\b(?:Device|InternetGatewayDevice)(?:\.(?:[\w-]+|\*))+/g)].map(
    ([path]) => path,
  );
  const measured = paths.filter(
    (path) => !/ManagementServer\.(?!PeriodicInformInterval)|BulkData/.test(path),
  );
  expect(measured.length).toBeGreaterThan(30);
  expect([...new Set(measured)].filter((path) => !understood.has(patternOf(path)))).toEqual([]);
});

interface Declared {
  path: string;
  values?: Record<string, unknown>;
}

const DAY = 86_400_000;

/** Runs a provision for a device whose offset (GenieACS makes it of the device's id) is `offsetMs`. */
function declaredBy(name: string, args: unknown[], nowMs: number, offsetMs: number): Map<string, unknown> {
  const declared: Declared[] = [];
  class SessionDate extends Date {
    static override now(interval?: number): number {
      if (interval === undefined) return nowMs;
      const offset = offsetMs % interval;
      return Math.trunc((nowMs + offset) / interval) * interval - offset;
    }
  }
  const declare = (path: string, _times: object, values?: Record<string, unknown>): void => {
    declared.push({ path, ...(values === undefined ? {} : { values }) });
  };
  const script = readFileSync(join(PROVISIONS, `${name}.js`), 'utf8');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const run = new Function('args', 'declare', 'Date', `"use strict";${script}`) as (
    ...globals: unknown[]
  ) => void;
  run(args, declare, SessionDate);
  return new Map(declared.map(({ path, values = {} }) => [path, values['value'] ?? values['path']]));
}

const NOW = Date.parse('2026-11-21T10:00:00.000Z');

test.each([
  ['cpemon-periodic-inform', [900, 'Device'], 'Device.ManagementServer.PeriodicInformTime', 900_000],
  ['cpemon-heartbeat-policy', [300], 'Device.ManagementServer.HeartbeatPolicy.InitiationTime', 300_000],
  [
    'cpemon-bulk-data',
    ['Device', 'http://x', 'u', 'p', 300],
    'Device.BulkData.Profile.[Name:cpemon].TimeReference',
    300_000,
  ],
])('%s gives each device a phase of its own that stays the same', (name, args, path, intervalMs) => {
  const phaseOf = (nowMs: number, offset: number): number =>
    (declaredBy(name, args, nowMs, offset).get(path) as number) % intervalMs;
  expect(phaseOf(NOW, 12_345)).toBe(phaseOf(NOW + 7 * DAY + 4711, 12_345));
  const phases = Array.from({ length: 100 }, (_, device) => phaseOf(NOW, device * 7_919_000));
  expect(new Set(phases).size).toBeGreaterThan(50);
  expect(declaredBy(name, args, NOW, 1).get(path)).toBeGreaterThanOrEqual(Date.UTC(2020, 0, 1));
});

test('cpemon-inform-parameters adds one entry a parameter, for every event that may be', () => {
  expect([...declaredBy('cpemon-inform-parameters', ['Device', 'Device.DeviceInfo.UpTime'], NOW, 0)]).toEqual(
    [
      ['Device.ManagementServer.InformParameter.[ParameterName:Device.DeviceInfo.UpTime]', 1],
      ['Device.ManagementServer.InformParameter.[ParameterName:Device.DeviceInfo.UpTime].EventList', ''],
      ['Device.ManagementServer.InformParameter.[ParameterName:Device.DeviceInfo.UpTime].Enable', true],
    ],
  );
});

test('cpemon-bulk-data keeps an hour of reports that failed, and sends them again', () => {
  const profile = 'Device.BulkData.Profile.[Name:cpemon]';
  const declared = declaredBy(
    'cpemon-bulk-data',
    ['Device', 'https://x/v1/bulkdata', 'u', 'p', 300, 'Device.A.B'],
    NOW,
    0,
  );
  expect(declared.get(`${profile}.NumberOfRetainedFailedReports`)).toBe(12);
  expect(declared.get(`${profile}.HTTP.RetryEnable`)).toBe(true);
  expect(declared.get(`${profile}.Parameter.[Reference:Device.A.B]`)).toBe(1);
  expect([...declared.keys()].at(-1)).toBe('Device.BulkData.Enable');
});
