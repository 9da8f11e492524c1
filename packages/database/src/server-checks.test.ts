import { judgeServer } from './server-checks.js';

const GOOD = {
  ...{ version: '10.11.6-MariaDB', innodb_flush_log_at_trx_commit: '1', innodb_doublewrite: 'ON' },
  ...{ log_bin: 'OFF', sync_binlog: '0', read_only: 'OFF', wsrep_on: 'OFF', innodb_flush_method: 'O_DIRECT' },
};
const judge = (variables: Record<string, string>, allowMultiPrimary = false) =>
  judgeServer(new Map(Object.entries({ ...GOOD, ...variables })), allowMultiPrimary);
const weakOf = (variables: Record<string, string>) => judge(variables).weak.map(({ setting }) => setting);

test('a server with full durability gets no word', () => {
  expect(judge({})).toEqual({ refusals: [], warnings: [], weak: [] });
});

test('a server that puts off writing its pages is warned of', () => {
  expect(judge({ innodb_max_dirty_pages_pct_lwm: '0.000000' }).warnings).toEqual([
    expect.stringContaining('Set it to 10.'),
  ]);
  expect(judge({ innodb_max_dirty_pages_pct_lwm: '10.000000' }).warnings).toEqual([]);
});

test.each([
  [{ innodb_flush_log_at_trx_commit: '2' }, ['innodb_flush_log_at_trx_commit']],
  [{ innodb_flush_log_at_trx_commit: '0' }, ['innodb_flush_log_at_trx_commit']],
  [{ log_bin: 'ON', sync_binlog: '0' }, ['sync_binlog']],
  [{ log_bin: 'ON', sync_binlog: '1' }, []],
  [{ innodb_doublewrite: 'OFF' }, ['innodb_doublewrite']],
  [{ innodb_doublewrite: 'DETECT_ONLY' }, ['innodb_doublewrite']],
  [{ innodb_flush_method: 'nosync' }, ['innodb_flush_method']],
])('%j is weak in %j', (variables, weak) => {
  expect(weakOf(variables as Record<string, string>)).toEqual(weak);
});

test.each([
  ['10.11.19-MariaDB-0+deb12u1', undefined],
  ['5.5.5-10.11.2-MariaDB', undefined],
  ['11.4.2-MariaDB', undefined],
  ['10.6.18-MariaDB', 'The database is MariaDB 10.6; CPEmon needs MariaDB 10.11 or later.'],
  ['8.4.0', undefined],
  ['9.1.0', undefined],
  ['8.4.3-3', undefined],
  ['8.0.39', 'The database is MySQL 8.0; CPEmon needs MySQL 8.4 or later.'],
])('version %s: %s', (version, refusal) => {
  expect(judge({ version }).refusals).toEqual(refusal === undefined ? [] : [refusal]);
});

describe.each([
  [
    'Galera',
    { wsrep_on: 'ON', wsrep_provider: '/usr/lib/galera/libgalera_smm.so' },
    'a node of a Galera cluster',
  ],
  [
    'group replication with several primaries',
    { group_replication_group_name: 'aaaa', group_replication_single_primary_mode: 'OFF' },
    'in a replication group with several primaries',
  ],
])('%s', (_name, variables, words) => {
  test('is refused with a sentence that says what to do', () => {
    const { refusals } = judge(variables);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(words);
    expect(refusals[0]).toContain('ALLOW_MULTI_PRIMARY=1');
  });
  test('is warned of when allowed', () => {
    const verdict = judge(variables, true);
    expect(verdict.refusals).toEqual([]);
    expect(verdict.warnings[0]).toContain(words);
  });
});

test('a Galera build without a cluster and a group with one primary pass', () => {
  expect(judge({ wsrep_on: 'ON', wsrep_provider: 'none' }).refusals).toEqual([]);
  const single = { group_replication_group_name: 'aaaa', group_replication_single_primary_mode: 'ON' };
  expect(judge(single).refusals).toEqual([]);
});

test('a server that takes no writes is warned of', () => {
  expect(judge({ read_only: 'ON' }).warnings).toHaveLength(1);
});
