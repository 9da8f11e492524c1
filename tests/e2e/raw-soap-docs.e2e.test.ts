import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAcsIngest } from '../../services/acs-ingest/src/app.js';
import { createIntakeProbe } from '../support/intake-probe.js';
import { adapt, describeWith, run } from '../support/proxy-process.js';

const PAGE = join(__dirname, '../../docs/integrations/raw-soap.md');

describeWith(['bash', 'curl', 'openssl'])('docs/integrations/raw-soap.md', () => {
  test('its lines print 202, and what they sent is the device that they name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cpemon-soap-'));
    const probe = createIntakeProbe('acs-ingest', ['webhook']);
    try {
      const url = await probe.serve(createAcsIngest({ ...probe, webhookSecrets: ['a-webhook-secret'] }));
      const lines = /```bash\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8'))?.[1] ?? '';
      const script = adapt(lines, {
        'http://127.0.0.1:8081': url,
        'cat > inform.xml': `cd ${folder}; cat > inform.xml`,
      });
      writeFileSync(join(folder, 'try-it'), script);
      const { said } = await run('bash', [join(folder, 'try-it')]);
      expect(said).toBe('202\n202\n');
      expect(probe.appender.events).toHaveLength(2);
      for (const event of probe.appender.events) {
        expect(event).toMatchObject({ type: 'cpemon.inform.v1', subject: 'SN-0001', oui: '00259E' });
      }
    } finally {
      await probe.close();
      rmSync(folder, { recursive: true });
    }
  });
});
