import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAcsIngest } from '../../services/acs-ingest/src/app.js';
import { createIntakeProbe } from '../support/intake-probe.js';

const run = promisify(execFile);
const SECRET = 'a-webhook-secret';

/** The shell blocks of a page, without what asks a running stack. */
const blocksOf = (page: string): string[] =>
  [
    ...readFileSync(join(__dirname, '../../docs', page), 'utf8').matchAll(/```(?:sh|bash)\n([\s\S]*?)```/g),
  ].map((match) => match[1]!.replace(/^(?:stack\(\)|CPEMON=|SECRET=).*$/gm, ''));

const missing = ['curl', 'openssl'].filter((program) => spawnSync(program, ['version']).error !== undefined);
if (missing.length > 0)
  console.warn(`The lines of the page were not tried: ${missing.join(' and ')} is missing`);

(missing.length > 0 ? test.skip : test)(
  'every line to paste of docs/integrations/webhook.md is taken',
  async () => {
    const probe = createIntakeProbe('acs-ingest', ['webhook']);
    const url = await probe.serve(createAcsIngest({ ...probe, webhookSecrets: [SECRET] }));
    const script = blocksOf('integrations/webhook.md').join('\n');
    const { stdout } = await run('sh', ['-c', script], { env: { ...process.env, CPEMON: url, SECRET } });
    const answers = stdout.trim().split('\n');
    expect(answers.filter((answer) => !answer.startsWith('{"status":"queued"'))).toEqual([]);
    expect(answers).toHaveLength(6);
    const serialNumbers = probe.appender.events.map(({ subject }) => subject);
    expect(serialNumbers).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((number) => `DEMO-000${number}`),
      '5C5B350E55C8',
    ]);
    await probe.close();
  },
);
