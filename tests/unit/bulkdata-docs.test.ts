import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { allowAnyone, requireSender } from '@cpemon/intake';
import { API_PATHS, createCpemonApi } from '../../services/cpemon-api/src/app.js';
import { createBulkdataAccess } from '../../services/cpemon-api/src/bulkdata/bulkdata-access.js';
import type { FleetReads } from '../../services/cpemon-api/src/fleet-reads.js';
import { createIntakeProbe } from '../support/intake-probe.js';

const run = promisify(execFile);
const TOKEN = 'an-ingest-token';

/** The shell blocks of a page, without what asks a running stack. */
const blocksOf = (page: string): string[] =>
  [...readFileSync(join(__dirname, '../../docs', page), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(
    (match) => match[1]!.replace(/^(?:stack\(\)|CPEMON=|TOKEN=).*$/gm, ''),
  );

const missing = ['curl', 'gzip'].filter((program) => spawnSync(program, ['--version']).error !== undefined);
if (missing.length > 0)
  console.warn(`The lines of the page were not tried: ${missing.join(' and ')} is missing`);

(missing.length > 0 ? test.skip : test)(
  'every line to paste of docs/integrations/bulkdata.md is taken, and gives readings',
  async () => {
    const probe = createIntakeProbe('cpemon-api', [...API_PATHS, 'bulkdata']);
    const config = { auth: ['token' as const], realm: 'cpemon', credentials: [], nonceSecret: undefined };
    const anywhere = requireSender({ trustedProxies: new BlockList() }, allowAnyone);
    const url = await probe.serve(
      createCpemonApi({
        ...probe,
        ingest: { tokens: [TOKEN], secrets: [] },
        bulkdata: createBulkdataAccess(config, [TOKEN], anywhere),
        readTokens: 'none',
        reads: {} as FleetReads,
      }),
    );
    const script = blocksOf('integrations/bulkdata.md').join('\n');
    const { stdout } = await run('sh', ['-c', script], { env: { ...process.env, CPEMON: url, TOKEN } });
    expect(stdout.match(/"status":"queued"/g)).toHaveLength(5);
    const { events } = probe.appender;
    expect(events.map(({ source }) => source)).toEqual(
      ['wan', 'system', 'memory', 'dsl', 'retained', 'retained'].map((profile) => `/bulkdata/${profile}`),
    );
    expect(events.every(({ time, data }) => time !== undefined && data.metrics !== undefined)).toBe(true);
    await probe.close();
  },
);
