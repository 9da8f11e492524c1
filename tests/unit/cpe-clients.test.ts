import { readCredentials } from '@cpemon/cwmp';
import { createConnectionSessions } from '../../services/acs-ingest/src/cwmp/connection-sessions.js';
import type { CwmpConfig } from '../../services/acs-ingest/src/cwmp/cwmp-config.js';
import { createCwmpMetrics } from '../../services/acs-ingest/src/cwmp/cwmp-metrics.js';
import { createCwmpRoute } from '../../services/acs-ingest/src/cwmp/cwmp-route.js';
import { createCwmpSettings } from '../../services/acs-ingest/src/cwmp/cwmp-settings.js';
import { aiohttpClient } from '../support/cpe-clients/aiohttp-client.js';
import { cwmpSimClient } from '../support/cpe-clients/cwmp-sim-client.js';
import { genieacsSimClient } from '../support/cpe-clients/genieacs-sim-client.js';
import { honeyclientClient } from '../support/cpe-clients/honeyclient-client.js';
import { netcwmpClient } from '../support/cpe-clients/netcwmp-client.js';
import type { WireClient } from '../support/cpe-clients/wire-client.js';
import { createIntakeProbe, type IntakeProbe } from '../support/intake-probe.js';

const CONFIG: CwmpConfig = {
  auth: 'none',
  realm: 'cpemon',
  credentials: ['fleet:secret'],
  credentialsFile: undefined,
  algorithms: ['MD5'],
  strictNonceCount: false,
  sessionSecrets: ['shared by the replicas'],
  port: 0,
  maxSessions: 100,
  sessionIdleMs: 60_000,
  ask: 'nothing',
};

const CLIENTS: Record<string, { client: WireClient; auth: ('basic' | 'digest')[]; events: number }> = {
  'genieacs-sim and its forks': { client: genieacsSimClient, auth: ['basic'], events: 1 },
  'cwmp-sim': { client: cwmpSimClient, auth: ['basic', 'digest'], events: 1 },
  netcwmp: { client: netcwmpClient, auth: ['digest'], events: 1 },
  honeyclient: { client: honeyclientClient, auth: ['digest'], events: 2 },
  'CwmpClient of Python': { client: aiohttpClient, auth: [], events: 1 },
};

let probe: IntakeProbe;
beforeEach(() => (probe = createIntakeProbe('acs-ingest', ['cwmp'])));
afterEach(() => probe.close());

function serve(config: Partial<CwmpConfig>): Promise<string> {
  const connections = createConnectionSessions();
  return probe.serve(
    createCwmpRoute({
      settings: createCwmpSettings({ ...CONFIG, ...config }, readCredentials(CONFIG.credentials, 'cpemon')),
      connections,
      cwmpMetrics: createCwmpMetrics(probe.registry, () => connections.open()),
      appender: probe.appender,
      metrics: probe.metrics,
      logger: probe.logger,
    }),
  );
}

const withSlash = (url: string): string => `${url}/`;

describe.each(Object.entries(CLIENTS))('a client that behaves as %s', (_name, { client, auth, events }) => {
  const informs = () => probe.appender.events.filter(({ type }) => type === 'cpemon.inform.v1');

  test('finishes one session after the other', async () => {
    const url = withSlash(await serve({}));
    const sessions = await client({ url, serialNumber: 'WIRE-1' }, 2);
    expect(sessions).toHaveLength(2);
    for (const { statuses, methods } of sessions) {
      expect(statuses.at(-1)).toBe(204);
      expect(methods[0]).toBe('InformResponse');
    }
    expect(informs().map(({ subject }) => subject)).toEqual(['WIRE-1', 'WIRE-1']);
    expect(informs()[0]?.data.attributes?.sw_version).toBeDefined();
    expect(probe.appender.events.length).toBeLessThanOrEqual(2 * events);
  });

  for (const scheme of auth)
    test(`proves itself by ${scheme}`, async () => {
      const url = withSlash(await serve({ auth: [scheme] }));
      const sessions = await client({ url, serialNumber: 'WIRE-2', user: 'fleet', password: 'secret' }, 1);
      expect(sessions[0]?.statuses.at(-1)).toBe(204);
      expect(informs()).toHaveLength(1);
    });

  test('is asked for values where that is wanted, and ends its session as it does', async () => {
    const url = withSlash(await serve({ ask: 'health' }));
    const asks = client === genieacsSimClient || client === cwmpSimClient;
    const [session] = await client({ url, serialNumber: 'WIRE-3' }, 1);
    expect(session?.statuses.at(-1)).toBe(asks ? 204 : 200);
    expect(session?.methods.includes('GetParameterValues')).toBe(client !== netcwmpClient);
  });
});

test('a client that keeps 255 characters of a cookie finishes its session on its connection', async () => {
  const url = withSlash(await serve({}));
  const [session] = await netcwmpClient(
    { url, serialNumber: 'S'.repeat(64), productClass: 'P'.repeat(64) },
    1,
  );
  expect(session?.statuses).toEqual([200, 204]);
});
