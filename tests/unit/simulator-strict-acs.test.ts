import { createLogger } from '@cpemon/service-kit';
import { readConfig } from '../../services/cpe-simulator/src/config.js';
import { BUILT_IN_MODELS } from '../../services/cpe-simulator/src/models/built-in-models.js';
import { startSimulator } from '../../services/cpe-simulator/src/index.js';
import { eventually } from '../support/eventually.js';
import { startStrictAcs } from '../support/strict-acs.js';

test.each([{ perSession: 'false' }, { perSession: 'true' }])(
  'an ACS that takes TR-069 to the letter finds nothing wrong with any model (a connection a session: $perSession)',
  async ({ perSession }) => {
    const acs = await startStrictAcs('secret');
    const simulator = await startSimulator(
      readConfig({
        ...{ API_URL: acs.url, ACS_URL: acs.url, CWMP_URL: acs.url, CWMP_PASSWORD: 'secret', MIX: 'cwmp=1' },
        ...{ DEVICES: '120', INTERVAL_SECONDS: '2', PORT: '0', OPS_PORT: '0' },
        CWMP_CONNECTION_PER_SESSION: perSession,
      }),
      createLogger({ service: 'test', level: 'silent' }),
    );
    try {
      await fetch(`${simulator.controlUrl}/scenarios/crash-wave`, { method: 'POST' });
      await fetch(`${simulator.controlUrl}/scenarios/canary-firmware?faster=10`, { method: 'POST' });
      await eventually(
        'every device has had its session',
        () => new Set(acs.finished.map(({ serialNumber }) => serialNumber)).size === 120,
        15_000,
      );
      expect([...acs.problems]).toEqual([]);
      const named = acs.finished.map(({ values }) => values.children[0]!.children[0]!.text.split('.')[0]);
      expect(new Set(named)).toEqual(new Set(['InternetGatewayDevice', 'Device']));
      expect(BUILT_IN_MODELS.length).toBeGreaterThanOrEqual(8);
    } finally {
      await simulator.stop();
      await acs.stop();
    }
  },
  30_000,
);
