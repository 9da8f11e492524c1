import { gunzipSync } from 'node:zlib';
import { USUAL_PLAN } from '../fleet-plan.js';
import { createFleet } from '../fleet.js';
import { BUILT_IN_MODELS } from '../models/built-in-models.js';
import type { Way } from '../report-ways.js';
import { bulkRequest } from './bulk-request.js';
import type { Report } from './report.js';

const fleet = createFleet({
  ...{ devices: 200, intervalSeconds: 60, intervalSpread: 0, seed: 1, serialPrefix: 'SIM-' },
  mix: [{ way: 'bulk-tree', weight: 1 }],
  plan: { ...USUAL_PLAN, models: BUILT_IN_MODELS },
});
const NOW = Date.parse('2026-11-21T12:00:00Z');
const reports = (device: number, count: number): Report[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ device, events: 0, inDoubt: false },
    dueMs: NOW + index * 60_000,
  }));
const textOf = (way: Way, device: number, count = 1, profile = 0): string => {
  const { body, headers } = bulkRequest(fleet, way, reports(device, count), profile);
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : String(body);
};
const path = fleet.modelOf(0).parameters.find(({ path: name }) => name.endsWith('UpTime'))!.path;

describe('a bulk data report', () => {
  it('names its device and profile in the address', () => {
    const { path: address } = bulkRequest(fleet, 'bulk-tree', reports(0, 1), 1);
    const query = new URL(address, 'http://x').searchParams;
    expect(query.get('sn')).toBe(fleet.serialNumberOf(0));
    expect(query.get('pc')).toBe(fleet.modelOf(0).productClass);
    expect(query.get('profile')).toBe('traffic');
    expect(address).not.toContain('+');
  });

  it('is a tree, pairs, rows or columns of the same values', () => {
    const tree = JSON.parse(textOf('bulk-tree', 0)) as { Report: Record<string, unknown>[] };
    const inTree = path
      .split('.')
      .reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], tree.Report[0]);
    const pairs = JSON.parse(textOf('bulk-pairs', 0)) as { Report: Record<string, unknown>[] };
    expect(typeof inTree).toBe('number');
    expect(pairs.Report[0]![path]).toBe(inTree);
    const rows = textOf('bulk-rows', 0).split('\r\n');
    expect(rows[0]).toBe('ReportTimestamp,ParameterName,ParameterValue,ParameterType');
    expect(rows.find((row) => row.includes(path))).toContain(`,${String(inTree)},unsignedInt`);
    const [head, first] = textOf('bulk-columns', 0).split('\r\n');
    expect(first!.split(',')[head!.split(',').indexOf(path)]).toBe(String(inTree));
  });

  it('takes retained reports along, oldest first', () => {
    const { Report } = JSON.parse(textOf('bulk-pairs', 0, 3)) as {
      Report: { CollectionTime: string | number }[];
    };
    const times = Report.map(({ CollectionTime: time }) =>
      typeof time === 'number' ? time * 1000 : Date.parse(time),
    );
    expect(times).toEqual([NOW, NOW + 60_000, NOW + 120_000]);
    expect(textOf('bulk-columns', 0, 3).trimEnd().split('\r\n')).toHaveLength(4);
  });

  it('is compressed by some devices and dated in both ways', () => {
    const heads = [...fleet.silence.keys()].map((device) =>
      bulkRequest(fleet, 'bulk-pairs', reports(device, 1), 0),
    );
    const zipped = heads.filter(({ headers }) => headers['content-encoding'] === 'gzip');
    expect(zipped.length).toBeGreaterThan(30);
    expect(zipped.length).toBeLessThan(100);
    const kinds = new Set(
      [...fleet.silence.keys()].map((device) => /"CollectionTime":"/.test(textOf('bulk-pairs', device))),
    );
    expect(kinds.size).toBe(2);
  });
});
