import { spawnSync } from 'node:child_process';
import path from 'node:path';

const loader = path.join(__dirname, '../test-support/run-typescript.cjs');

/** What a process that evaluates `statement` with a `logger` at level info prints. */
function logged(statement: string): Record<string, unknown>[] {
  const program = `
    const { createLogger } = require('@cpemon/service-kit');
    const logger = createLogger({ service: 'test', level: 'info' });
    ${statement}
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-r', loader, '-e', program], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the logger', () => {
  it('writes one JSON object a line, whole even when the process exits at once', () => {
    const lines = logged(
      `for (let i = 0; i < 500; i++) logger.info({ i }, 'counted'); logger.debug('unseen');`,
    );
    expect(lines).toHaveLength(500);
    expect(lines[499]).toMatchObject({ level: 'info', service: 'test', msg: 'counted', i: 499 });
    expect(lines[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('hides credentials and signatures wherever they usually stand', () => {
    const lines = logged(`
      logger.info({ password: 'hunter2', config: { token: 'hunter2' } }, 'a');
      logger.info({ req: { headers: { authorization: 'Bearer hunter2', 'x-signature': 'hunter2' } } }, 'b');`);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[0]).toMatchObject({ password: '[secret]', config: { token: '[secret]' } });
  });
});
