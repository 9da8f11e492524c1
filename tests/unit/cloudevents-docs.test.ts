import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API_PATHS, createCpemonApi } from '../../services/cpemon-api/src/app.js';
import type { FleetReads } from '../../services/cpemon-api/src/fleet-reads.js';
import { createIntakeProbe } from '../support/intake-probe.js';

const run = promisify(execFile);
const TOKEN = 'ingest-token';

/** The shell blocks of the page, without what asks a running stack. */
const blocks = [
  ...readFileSync(join(__dirname, '../../docs/integrations/cloudevents.md'), 'utf8').matchAll(
    /```sh\n([\s\S]*?)```/g,
  ),
].map((match) => match[1]!.replace(/^(?:stack\(\)|CPEMON=|TOKEN=).*$/gm, ''));

const isMissing = spawnSync('curl', ['--version']).error !== undefined;
if (isMissing) console.warn('The lines of the page were not tried: curl is missing');

(isMissing ? test.skip : test)(
  'every line to paste of docs/integrations/cloudevents.md is taken',
  async () => {
    const probe = createIntakeProbe('cpemon-api', API_PATHS);
    const url = await probe.serve(
      createCpemonApi({
        ...{ ...probe, ingest: { tokens: [TOKEN], secrets: [] }, readTokens: 'none' },
        reads: {} as FleetReads,
      }),
    );
    const answers: unknown[] = [];
    for (const block of blocks.filter((each) => each.trim() !== '')) {
      const { stdout } = await run('sh', ['-c', block], { env: { ...process.env, CPEMON: url, TOKEN } });
      answers.push(JSON.parse(stdout));
    }
    expect(answers).toMatchObject([1, 1, 2, 1].map((accepted) => ({ accepted, rejected: [] })));
    expect(probe.appender.events.map(({ source, subject }) => `${source} ${subject}`)).toEqual([
      ...['/events DEMO-0101', '/observation/olt DEMO-0101'],
      ...['/observation/radius DEMO-0101', '/observation/cmts DEMO-0102'],
      expect.stringMatching(/^\/events\/[\w-]+ DEMO-0103$/),
    ]);
    await probe.close();
  },
);
