import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool, type DatabasePool } from '@cpemon/database';
import { runVerb } from '../../../../packages/local-stack/src/cli.js';
import { identifyProcess } from '../../../../packages/local-stack/src/process-identity.js';
import { writeFileAtomically } from '../../../../packages/local-stack/src/atomic-file.js';
import { insertDeadLetters, insertParkedEvents } from '../../../../tests/support/dead-letter-rows.js';
import { createIntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { API_PATHS, createCpemonApi } from '../app.js';
import { createDatabaseReader } from '../database-reader.js';
import { createFleetReads } from '../fleet-reads.js';

const probe = createIntakeProbe('cpemon-api', API_PATHS);
let database: TestDatabase;
let pool: DatabasePool;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 4 });
  const read = createDatabaseReader(pool, 5000);
  const operators = [{ name: 'eva', token: 'operator' }];
  url = await probe.serve(
    createCpemonApi({
      ...{ ...probe, ingest: 'none' as const, readTokens: 'none' as const, reads: createFleetReads(read) },
      operating: { operators, viewerTokens: ['viewer'], read, act: read },
    }),
  );
});
afterAll(async () => {
  await probe.close();
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  for (const table of ['log_dead_letters', 'log_parked', 'operator_audit', 'log_skips'])
    await database.pool.query(`DELETE FROM ${table}`);
});

/** Runs `npm run cpemon -- …` in this process. */
async function cpemon(
  line: string,
  environment: NodeJS.ProcessEnv = { CPEMON_URL: url, CPEMON_TOKEN: 'operator' },
) {
  const run = { code: 0, out: '', err: '' };
  run.code = await runVerb(line.split(' '), {
    repository: tmpdir(),
    environment,
    out: (text) => (run.out += text),
    err: (text) => (run.err += text),
  });
  return run;
}
const json = async (line: string): Promise<unknown> =>
  JSON.parse((await cpemon(`${line} --json`)).out) as unknown;

test('dead letters are listed, shown, requeued and discarded', async () => {
  await insertDeadLetters(database.pool, [
    { sequence: 1, device: 'A1', deadAgo: 20, cause: 'poison' },
    { sequence: 2, device: 'B1', deadAgo: 10 },
    { sequence: 3, device: 'C1' },
  ]);
  const list = await cpemon('dead-letters list --cause poison');
  expect([list.code, list.err]).toEqual([0, '']);
  expect(list.out).toMatch(/^POSITION +STATE +DEVICE .*\n1-3-1 +dead +A1 .* poison\n$/);
  expect(await json('dead-letters list --from 15s --limit 1')).toMatchObject({
    items: [{ position: '1-3-3' }],
  });
  expect((await cpemon('dead-letters show 1-3-1')).out).toMatch(/cause +poison\n[^]*"correlationid": "c-1"/);

  expect(await cpemon('dead-letters requeue 1-3-1')).toEqual({
    code: 0,
    out: '1-3-1: asked to requeue\n',
    err: '',
  });
  const again = await cpemon('dead-letters requeue 1-3-1');
  expect([again.code, again.out, again.err]).toEqual([
    1,
    '',
    expect.stringMatching(/^not_dead: .*requeue.*eva/),
  ]);
  expect((await cpemon('dead-letters discard --device B1')).out).toBe('1 dead letters: asked to discard\n');
  expect(await json('dead-letters requeue --all')).toEqual({ asked: 1, state: 'requeue' });
  expect((await cpemon('dead-letters list --state dead')).out).toBe('No dead letters.\n');
});

test('a list longer than a page is shown as far as it is asked for', async () => {
  await insertDeadLetters(
    database.pool,
    Array.from({ length: 505 }, (_, at) => ({ sequence: at + 1 })),
  );
  const all = (await json('dead-letters list --limit 1000')) as { items: { position: string }[] };
  expect(new Set(all.items.map(({ position }) => position)).size).toBe(505);
  expect(await json('dead-letters list --limit 501')).toMatchObject({ next_cursor: expect.any(String) });
});

test('parked devices are listed and shown', async () => {
  expect((await cpemon('parked list')).out).toBe('No device is parked.\n');
  await insertParkedEvents(database.pool, [
    { sequence: 1, device: 'A/1', cause: 'poison' },
    { sequence: 2, device: 'A/1' },
  ]);
  expect((await cpemon('parked list')).out).toMatch(/\nA\/1 +1-3-1 +1 +3 /);
  expect(await json('parked show A/1')).toMatchObject({ device: 'A/1', events_behind: 1, events: [{}, {}] });
});

test('the log is looked after, and the audit tells who did what', async () => {
  await database.pool.query('UPDATE log_lanes SET head_seq = 20 WHERE lane = 2');
  const skip = await cpemon('log skip --lane 2 --to 15 --reason hole');
  expect(skip).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^asked to skip lane 2 of generation \d+ to 15\n$/),
  });
  expect(await cpemon('log generation --lanes 16 --reason more')).toMatchObject({
    ...{ code: 1, err: expect.stringMatching(/^same_lanes: /) },
  });
  expect(await cpemon('replay start --from 1h --reason test')).toMatchObject({ code: 1, out: '' });
  expect((await cpemon('replay list')).out).toBe('No replays.\n');
  expect((await cpemon('rebuild list')).out).toBe('No rebuilds.\n');
  const audit = await cpemon('audit --from 1h');
  expect(audit.out).toMatch(
    /eva.* +replay\.start .* refused [^]*eva.* log\.generation .* refused [^]* log\.skip .* done /,
  );
  expect(await json('audit --action log.skip')).toMatchObject({
    items: [{ target: 'lane 2 to 15', outcome: 'done' }],
  });
});

test.each([
  'dead-letters',
  'dead-letters requeue',
  'dead-letters requeue 1-3-1 --all',
  'dead-letters list --limit 0',
  'dead-letters list --from yesterday',
  'dead-letters burn 1-3-1',
  'replay start --from 1h',
  'rebuild start --reason x',
  'rebuild start --lanes 1-3 --reason x',
  'log skip --lane one --to 3 --reason x',
])('%s is wrong usage', async (line) => {
  const { code, out, err } = await cpemon(line);
  expect([code, out]).toEqual([2, '']);
  expect(err).not.toBe('');
});

test('help is no error, and tells the environment', async () => {
  const { code, out } = await cpemon('--help');
  expect(code).toBe(0);
  expect(out).toMatch(/dead-letters[^]*parked[^]*replay[^]*rebuild[^]*log[^]*audit[^]*CPEMON_TOKEN/);
});

test('a viewer may list and not act', async () => {
  const viewer = { CPEMON_URL: url, CPEMON_TOKEN: 'viewer' };
  expect((await cpemon('dead-letters list', viewer)).code).toBe(0);
  expect(await cpemon('dead-letters discard --all', viewer)).toMatchObject({
    ...{ code: 1, err: expect.stringMatching(/^not_an_operator: /) },
  });
});

test('where nobody answers, or nobody is named, a sentence says so', async () => {
  const nobody = { CPEMON_URL: 'http://127.0.0.1:1', CPEMON_TOKEN: 'x' };
  expect(await cpemon('audit', nobody)).toMatchObject({
    ...{ code: 1, err: expect.stringMatching(/^cpemon-api does not answer at http:\/\/127\.0\.0\.1:1: /) },
  });
  expect(await cpemon('audit', { CPEMON_URL: url })).toMatchObject({
    code: 1,
    err: /* names both */ expect.stringContaining('CPEMON_TOKEN'),
  });
  expect((await cpemon('audit', {})).err).toMatch(/^No stack is running on /);
});

test('--data picks the stack of that folder, whatever the environment says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-verbs-'));
  try {
    const stack = {
      processes: [{ name: 'cpemon-api', url }],
      tokens: { operator: 'operator' },
      supervisor: identifyProcess(process.pid),
    };
    writeFileAtomically(join(folder, 'stack.json'), JSON.stringify(stack));
    const elsewhere = { CPEMON_URL: 'http://127.0.0.1:1', CPEMON_TOKEN: 'x' };
    expect(await cpemon(`--data ${folder} parked list`, elsewhere)).toMatchObject({ code: 0, err: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
