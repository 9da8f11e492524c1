import { readConfig } from '../config.js';
import { USUAL_PLAN } from '../fleet-plan.js';
import { createFleet } from '../fleet.js';
import { INVENTORY_COLUMNS, inventoryLines } from '../inventory-csv.js';
import { BUILT_IN_MODELS } from '../models/built-in-models.js';
import { parseMix } from '../report-ways.js';
import { dryRun } from './dry-run.js';
import { readOptions } from './options.js';
import { SIMULATE_USAGE } from './simulate-usage.js';
import { viewLines } from './terminal-view.js';

const START = Date.parse('2026-01-01T00:00:00Z');

describe('the options of npm run simulate', () => {
  it('become the variables of the simulator', () => {
    const { variables } = readOptions(
      ['--target', 'http://127.0.0.1:9', '--devices', '50', '--mix', 'cwmp=20,telemetry=80'],
      {},
    );
    expect(variables).toMatchObject({
      API_URL: 'http://127.0.0.1:9',
      ACS_URL: 'http://127.0.0.1:9',
      BATCH_SIZE: '500',
    });
    const config = readConfig(variables);
    expect(config.devices).toBe(50);
    expect(config.cwmpUrl.href).toBe('http://127.0.0.1:9/cwmp');
    const foreign = readConfig(readOptions(['--target', 'http://127.0.0.1:7547/acs'], {}).variables);
    expect(foreign.cwmpUrl.href).toBe('http://127.0.0.1:7547/acs');
  });

  it('bound the rate and the time of a run unless told otherwise', () => {
    expect(readOptions([], {}).durationSeconds).toBe(3600);
    expect(() => readOptions(['--devices', '1000000', '--interval', '10'], {})).toThrow('--max-rate');
    expect(readOptions(['--devices', '1000000', '--interval', '10', '--max-rate', '1e6'], {})).toBeTruthy();
  });

  it.each([
    [['--devics', '5'], /devics/],
    [['--start-time', 'yesterday'], /--start-time/],
    [['--duration', '-1'], /--duration/],
    [['--stack', '/nowhere'], /cannot be read/],
  ])('%j are refused with the reason', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(message);
  });

  it('name the nearest way to report', () => {
    expect(() => parseMix('hartbeat=1')).toThrow("the nearest is 'heartbeat'");
    expect(() => parseMix('cwmp')).toThrow('must be like');
    expect(parseMix('bulk=8')).toHaveLength(4);
  });

  it('are explained', () => {
    expect(SIMULATE_USAGE).toContain('--dry-run');
  });
});

describe('a dry run', () => {
  const lines = async (seed: string): Promise<string> => {
    const mix = 'heartbeat=2,cwmp=1,webhook-xml=1,telemetry=2,bulk=2,mirror=1';
    const config = readConfig({
      DEVICES: '60',
      INTERVAL_SECONDS: '10',
      SEED: seed,
      MIX: mix,
      BATCH_SIZE: '5',
    });
    let text = '';
    for await (const line of dryRun(config, START, 20)) text += line;
    return text;
  };

  it('is the same, byte for byte, for the same seed and start, and another for another', async () => {
    const first = await lines('1');
    expect(first.split('\n').length).toBeGreaterThan(80);
    expect(await lines('1')).toBe(first);
    expect(await lines('2')).not.toBe(first);
  });
});

describe('the inventory file', () => {
  it('has a line for each device, with the keys by which others know it', () => {
    const fleet = createFleet({
      ...{ devices: 300, intervalSeconds: 60, intervalSpread: 0, seed: 1, serialPrefix: 'SIM-' },
      mix: parseMix('heartbeat=1'),
      plan: { ...USUAL_PLAN, models: BUILT_IN_MODELS },
    });
    const [head, ...rows] = [...inventoryLines(fleet)].map((line) => line.trimEnd().split(','));
    expect(head).toEqual([...INVENTORY_COLUMNS]);
    expect(rows).toHaveLength(300);
    const column = (name: string): string[] => rows.map((row) => row[head!.indexOf(name)]!);
    for (const unique of ['serial_number', 'service_id', 'mac', 'pppoe_user']) {
      expect(new Set(column(unique)).size).toBe(300);
    }
    expect(
      column('pon_serial')
        .filter((text) => text !== '')
        .every((text) => /^[A-Z]{4}[0-9A-F]{8}$/.test(text)),
    ).toBe(true);
    expect(new Set(column('site')).size).toBe(2);
  });
});

describe('the terminal view', () => {
  it('shows progress, rates since the last look, and what failed most', () => {
    const totals = {
      ...{ sent: 100, acknowledged: 90, rejected: 0, abandoned: 0, in_doubt: 1, attempts: 100, retries: 0 },
      ...{ due: 100, skipped: 0, open: 9, in_flight: 9, queued: 0, waiting: 0, copies: 0 },
      refused_by_status: { '503': 7 },
      unanswered_by_reason: { timeout: 9 },
      rejected_by_reason: {},
    };
    const lines = viewLines(
      {
        ...{ run_id: 'r', started_at: '2026-01-01T00:00:00Z', as_of: '2026-01-01T00:00:10Z', paused: false },
        ...{ devices: 10, devices_cut: 2, totals, by_path: {} as never, incidents: [] },
      },
      undefined,
      { durationSeconds: 20, scenarios: ['olt-outage'], width: 60 },
    );
    expect(lines[0]).toMatch(/^\[#+\.+\] 10 of 20 s {2}olt-outage$/);
    expect(lines.join('\n')).toContain('10.0 sent/s, 9.0 acknowledged/s');
    expect(lines.at(-1)).toBe('failures: timeout 9, 503 7');
  });
});
