import { startIntake } from '@cpemon/intake';
import {
  createRegistry,
  startHttpServer,
  startOperationsServer,
  type RunningService,
  type StartContext,
} from '@cpemon/service-kit';
import { createAcsIngest } from './app.js';
import type { AcsIngestConfig } from './config.js';

const SERVICE = 'acs-ingest';
const VERSION = '0.1.0';

/** Starts acs-ingest. It listens at once and answers 503 until the log can be reached. */
export async function startAcsIngest(
  config: AcsIngestConfig,
  { logger }: StartContext,
): Promise<RunningService> {
  const registry = createRegistry({ service: SERVICE, version: VERSION });
  const { listenHost: host } = config;
  if (config.webhookSecrets === 'none') {
    logger.warn({ WEBHOOK_AUTH: 'none' }, 'Anyone who reaches this port may post ACS events');
  }
  const intake = await startIntake({ config, service: SERVICE, paths: ['webhook'], registry, logger });
  const operations = await startOperationsServer({
    host,
    port: config.operationsPort,
    registry,
    ready: () => intake.ready(),
    logger,
  });
  const { webhookSecrets } = config;
  const handler = createAcsIngest({ ...intake, webhookSecrets, logger });
  const limits = config.connectionLimits;
  const server = await startHttpServer({ host, port: config.port, handler, limits, logger });
  logger.info({ url: server.url, operations: operations.url }, 'Taking ACS events');
  return {
    async stop() {
      await intake.stopAccepting();
      await server.close();
      await intake.close();
      await operations.close();
    },
  };
}
