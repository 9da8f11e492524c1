import {
  readIntakeConfig,
  readSenderRules,
  splitNamedToken,
  type IntakeConfig,
  type SenderRules,
} from '@cpemon/intake';
import { readDeviceModelsConfig, type DeviceModelsConfig } from '@cpemon/model-folder';
import { createConfigReader } from '@cpemon/service-kit';
import { readCwmpConfig, type CwmpConfig } from './cwmp/cwmp-config.js';
import { readWebhookAccess, type WebhookAccess } from './webhook/webhook-access.js';

export interface AcsIngestConfig extends IntakeConfig {
  webhook: WebhookAccess;
  /** Who may send copies of an ACS's traffic: 'none' when anyone may, empty when the mirror is off. */
  mirrorTokens: readonly string[] | 'none';
  /** Where senders may write from, and which proxies are believed. */
  senders: SenderRules;
  /** Who may see what was refused. */
  operatorTokens: readonly string[];
  /** How CPEs may talk CWMP to us; 'off' where nothing says who may. */
  cwmp: CwmpConfig | 'off';
  deviceModels: DeviceModelsConfig;
}

/** @throws ConfigError that lists every problem of the environment */
export function readConfig(
  // eslint-disable-next-line no-restricted-properties -- the one place of this service that reads the environment
  env: NodeJS.ProcessEnv = process.env,
): AcsIngestConfig {
  const reader = createConfigReader(env);
  const intake = readIntakeConfig(reader, { name: 'acs-ingest', port: 8081, operationsPort: 9102 });
  const webhook = readWebhookAccess(reader);
  const mirror = reader.list('MIRROR_TOKENS', { default: [], secret: true });
  const senders = readSenderRules(reader);
  const operators = reader.list('OPERATOR_TOKENS', { default: [], secret: true });
  const cwmp = readCwmpConfig(reader);
  const deviceModels = readDeviceModelsConfig(reader);
  reader.finish();
  const mirrorTokens = mirror.length === 1 && mirror[0] === 'none' ? 'none' : mirror;
  const operatorTokens = operators.map((entry) => splitNamedToken(entry).token);
  return { ...intake, webhook, mirrorTokens, senders, operatorTokens, cwmp, deviceModels };
}
