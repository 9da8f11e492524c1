import type { IntakePath } from '@cpemon/domain';
import { createRefusedBodiesRoute, openSecrets, parseNetworks, startIntake } from '@cpemon/intake';
import { openDeviceModels } from '@cpemon/model-folder';
import {
  createRegistry,
  startHttpServer,
  startOperationsServer,
  type RunningService,
  type StartContext,
} from '@cpemon/service-kit';
import { startTracing } from '@cpemon/tracing';
import { WEBHOOK, createAcsIngest } from './app.js';
import type { AcsIngestConfig } from './config.js';
import { createCwmp } from './cwmp/create-cwmp.js';
import { CWMP, startCwmpListener } from './cwmp/cwmp-listener.js';
import { MIRROR, createMirrorSender } from './mirror/mirror-sender.js';
import { webhookAuthenticity } from './webhook/webhook-access.js';

const SERVICE = 'acs-ingest';
const VERSION = '0.1.0';

/** Starts acs-ingest. It listens at once and answers 503 until the log can be reached. */
export async function startAcsIngest(
  config: AcsIngestConfig,
  { logger }: StartContext,
): Promise<RunningService> {
  const registry = createRegistry({ service: SERVICE, version: VERSION });
  const { listenHost: host } = config;
  if (config.webhook.auth === 'none') {
    logger.warn({ WEBHOOK_AUTH: 'none' }, 'Anyone who reaches this port may post ACS events');
  }
  if (config.mirrorTokens === 'none') {
    logger.warn({ MIRROR_TOKENS: 'none' }, 'Anyone within ALLOW_NETWORKS may post copies to the mirror');
  }
  const models = await openDeviceModels(config.deviceModels, registry, logger);
  const secrets = await openSecrets(config.webhook, registry, logger);
  const mirror = mirrorOf(config);
  const paths: IntakePath[] = ['webhook'];
  if (mirror !== undefined) paths.push('mirror');
  if (config.cwmp !== 'off') paths.push('cwmp');
  const tracing = await startTracing(config.tracing, {
    ...{ service: SERVICE, version: VERSION, instance: config.instanceId, registry, logger },
  });
  const intake = await startIntake({ config, service: SERVICE, paths, registry, tracing, logger });
  const operations = await startOperationsServer({
    host,
    port: config.operationsPort,
    registry,
    ready: () => intake.ready(),
    extraRoutes: [createRefusedBodiesRoute(intake.refusedBodies, config.operatorTokens)],
    logger,
  });
  const authenticity = webhookAuthenticity(config.webhook, secrets, config.senders);
  const cwmp =
    config.cwmp === 'off'
      ? undefined
      : await createCwmp(config.cwmp, { ...intake, senders: config.senders, registry, logger });
  const answer = createAcsIngest({
    ...{ ...intake, authenticity, ...(mirror && { mirror }), logger },
    ...(cwmp && { cwmp: cwmp.route }),
  });
  const handler = intake.traced(answer, [WEBHOOK, MIRROR, CWMP]);
  const limits = config.connectionLimits;
  const server = await startHttpServer({ host, port: config.port, handler, limits, logger });
  const cwmpPort = config.cwmp === 'off' ? 0 : config.cwmp.port;
  const listener =
    cwmp === undefined || cwmpPort === 0
      ? undefined
      : await startCwmpListener({
          ...{ host, port: cwmpPort, limits, logger },
          route: intake.traced(cwmp.route, [CWMP]),
        });
  if (listener !== undefined) logger.info({ url: listener.url }, 'Talking CWMP with CPEs');
  logger.info({ url: server.url, operations: operations.url }, 'Taking ACS events');
  return {
    async stop() {
      await intake.stopAccepting();
      await Promise.all([server.close(), listener?.close()]);
      secrets.stop();
      models.stop();
      cwmp?.stop();
      await intake.close();
      await operations.close();
      await tracing?.stop();
    },
  };
}

const EVERYWHERE = parseNetworks('0.0.0.0/0, ::/0');

/** The mirror is off unless its tokens, or that there are none, were written out. */
function mirrorOf({ mirrorTokens, senders }: AcsIngestConfig) {
  if (mirrorTokens !== 'none' && mirrorTokens.length === 0) return undefined;
  const { allowedNetworks = EVERYWHERE, trustedProxies } = senders;
  return { sender: createMirrorSender(mirrorTokens, allowedNetworks), trustedProxies };
}
