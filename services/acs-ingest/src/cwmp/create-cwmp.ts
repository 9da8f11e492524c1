import { readCredentials } from '@cpemon/cwmp';
import type { Intake, RouteHandler } from '@cpemon/intake';
import type { Logger, Registry } from '@cpemon/service-kit';
import { createConnectionSessions } from './connection-sessions.js';
import { followCredentials } from './credentials-file.js';
import type { CwmpConfig } from './cwmp-config.js';
import { createCwmpMetrics } from './cwmp-metrics.js';
import { createCwmpRoute, type CwmpRouteOptions } from './cwmp-route.js';
import { createCwmpSettings } from './cwmp-settings.js';

export interface Cwmp {
  route: RouteHandler;
  stop(): void;
}

/**
 * CWMP as it is configured; says what is unusual about it.
 * @throws Error with a sentence for the operator when the file of credentials cannot be used
 */
export async function createCwmp(
  config: CwmpConfig,
  parts: Pick<Intake, 'appender' | 'metrics' | 'refusedBodies'> &
    Pick<CwmpRouteOptions, 'senders'> & { registry: Registry; logger: Logger },
): Promise<Cwmp> {
  const { registry, logger } = parts;
  if (config.auth === 'none') {
    logger.warn({ CWMP_AUTH: 'none' }, 'Anyone who reaches these ports may speak as any CPE');
  }
  if (config.sessionSecrets.length === 0) {
    logger.warn(
      'CWMP_SESSION_SECRET is not set: sessions end with this process, and no other replica can go on with them',
    );
  }
  const connections = createConnectionSessions();
  const cwmpMetrics = createCwmpMetrics(registry, () => connections.open());
  const { realm, credentials: fixed, credentialsFile: path } = config;
  const credentials =
    path === undefined
      ? { ...readCredentials(fixed, realm), stop() {} }
      : await followCredentials({ path, realm, fixed, logger });
  const settings = createCwmpSettings(config, credentials);
  return {
    route: createCwmpRoute({ ...parts, settings, connections, cwmpMetrics }),
    stop: () => credentials.stop(),
  };
}
