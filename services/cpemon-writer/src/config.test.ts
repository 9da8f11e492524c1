import { ConfigError } from '@cpemon/service-kit';
import { readConfig } from './config.js';

const DATABASE_URL = 'mysql://cpemon_writer:pw@127.0.0.1:3306/cpemon';

test('the database is all that has to be said', () => {
  const config = readConfig({ DATABASE_URL });
  expect(config).toMatchObject({
    ...{ listenHost: '127.0.0.1', operationsPort: 9103, leaseMs: 5000, maintenanceDatabase: undefined },
    reachability: { defaultIntervalSeconds: 300, staleFloorSeconds: 60, offlineFloorSeconds: 300 },
  });
  expect(config.database.schema).toBe('cpemon');
  expect(config.instanceId).toMatch(/^cpemon-writer-[\x21-\x7e]{1,50}$/);
  expect(config.instanceId.length).toBeLessThanOrEqual(64);
});

test('floors for a fast fleet are taken', () => {
  const { reachability } = readConfig({
    ...{ DATABASE_URL, REACHABILITY_STALE_FLOOR_SECONDS: '5', REACHABILITY_OFFLINE_FLOOR_SECONDS: '25' },
  });
  expect(reachability).toMatchObject({ staleFloorSeconds: 5, offlineFloorSeconds: 25 });
});

test('every problem is reported at once, and no password with it', () => {
  const read = () =>
    readConfig({
      ...{ DATABASE_URL: 'postgres://u:s3cret@h/x', LEASE_MS: '10abc', OPS_PORT: '70000' },
      ...{ INSTANCE_ID: 'two words', REACHABILITY_STALE_FLOOR_SECONDS: '0' },
    });
  expect(read).toThrow(ConfigError);
  try {
    read();
  } catch (error) {
    const { problems, message } = error as ConfigError;
    for (const name of [
      'DATABASE_URL',
      'LEASE_MS',
      'OPS_PORT',
      'INSTANCE_ID',
      'REACHABILITY_STALE_FLOOR_SECONDS',
    ]) {
      expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1);
    }
    expect(message).not.toContain('s3cret');
  }
});
