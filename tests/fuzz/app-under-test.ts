import { createSessionCookies } from '@cpemon/cwmp';
import type { CpeEvent } from '@cpemon/domain';
import { allowAnyone, parseNetworks } from '@cpemon/intake';
import { createAcsIngest } from '../../services/acs-ingest/src/app';
import { createConnectionSessions } from '../../services/acs-ingest/src/cwmp/connection-sessions';
import { createCwmpMetrics } from '../../services/acs-ingest/src/cwmp/cwmp-metrics';
import { createCwmpRoute } from '../../services/acs-ingest/src/cwmp/cwmp-route';
import { createHealthAsks } from '../../services/acs-ingest/src/cwmp/health-asks';
import { createMirrorSender } from '../../services/acs-ingest/src/mirror/mirror-sender';
import { createBulkdataAccess } from '../../services/cpemon-api/src/bulkdata/bulkdata-access';
import { createBulkdataRoute } from '../../services/cpemon-api/src/bulkdata/bulkdata-route';
import { cloudEventRules, createCloudEventsRoute } from '../../services/cpemon-api/src/cloud-events-route';
import { createIntakeProbe } from '../support/intake-probe';

const SESSION_IDLE_MS = 60_000;

/** acs-ingest, and what cpemon-api takes, as they run, with everything on and anyone let in; the log is a list that is emptied. */
export interface AppUnderTest {
  host: string;
  port: number;
  /** The events that came in since the last call. */
  takeEvents(): CpeEvent[];
  close(): Promise<void>;
}

export async function startAppUnderTest(): Promise<AppUnderTest> {
  const probe = createIntakeProbe('acs-ingest', ['webhook', 'mirror', 'cwmp', 'events', 'bulkdata']);
  const { appender, metrics, registry, logger } = probe;
  const anywhere = parseNetworks('0.0.0.0/0, ::/0');
  const connections = createConnectionSessions();
  const cwmp = createCwmpRoute({
    settings: {
      auth: 'none',
      cookies: createSessionCookies(['of no use to anybody'], SESSION_IDLE_MS),
      asks: createHealthAsks(Date.now),
      maxSessions: 10_000,
    },
    ...{ connections, cwmpMetrics: createCwmpMetrics(registry, () => connections.open()) },
    ...{ appender, metrics, logger },
  });
  const acsIngest = createAcsIngest({
    ...{ appender, metrics, logger, cwmp, webhookSecrets: 'none' },
    mirror: { sender: createMirrorSender('none', anywhere), trustedProxies: anywhere },
  });
  const intake = { authenticity: allowAnyone, appender, metrics, logger };
  const events = createCloudEventsRoute({ ...intake, rules: cloudEventRules('refused') });
  const open = { auth: 'none', realm: 'fuzz', credentials: [], nonceSecret: undefined } as const;
  const bulkdata = createBulkdataRoute({ ...intake, access: createBulkdataAccess(open, [], allowAnyone) });
  const url = new URL(
    await probe.serve((request, response) => {
      if (request.url?.startsWith('/v1/events') === true) events(request, response);
      else if (request.url?.startsWith('/v1/bulkdata') === true) bulkdata(request, response);
      else acsIngest(request, response);
    }),
  );
  return {
    host: url.hostname,
    port: Number(url.port),
    takeEvents() {
      appender.calls.length = 0;
      return appender.events.splice(0);
    },
    close: () => probe.close(),
  };
}
