import { createConfigReader } from '@cpemon/service-kit';
import { isIP } from 'node:net';
import { parseMix, type Mix } from './report-ways.js';
import { MOST_FASTER } from './scenarios/time-factor.js';
import { isPrivateAddress, PublicAddressError } from './target-address.js';

export interface SimulatorConfig {
  apiUrl: URL;
  acsUrl: URL;
  /** Where CPEs have their CWMP sessions; `/cwmp` at acsUrl when left out. */
  cwmpUrl: URL;
  allowPublicTarget: boolean;
  ingestToken: string | undefined;
  webhookSecret: string | undefined;
  /** `{oui}`, `{class}` and `{serial}` stand for the device's own. */
  cwmpUsername: string;
  /** Without one CPEs answer no challenge. */
  cwmpPassword: string | undefined;
  cwmpConnectionPerSession: boolean;
  devices: number;
  intervalSeconds: number;
  intervalSpread: number;
  batchSize: number;
  batchLingerMs: number;
  mix: Mix;
  /** Files that describe further models. */
  modelFiles: readonly string[];
  /** Shares, regions and the like; the usual ones when left out. */
  fleetFile: string | undefined;
  /** Scenarios that run from the start: names and files. */
  scenarios: readonly string[];
  /** All times of scenarios are divided by this. */
  scenarioFaster: number;
  /** Whether OLTs, DSLAMs and RADIUS tell what scenarios let them see. */
  observations: boolean;
  retainedReports: number;
  seed: number;
  serialPrefix: string;
  maxConnections: number;
  requestTimeoutMs: number;
  retryMinimumWaitSeconds: number;
  retryIntervalMultiplier: number;
  listenHost: string;
  port: number;
  opsPort: number;
}

const DAY_SECONDS = 86_400;

/** @throws ConfigError that names every variable that cannot be used */
export function readConfig(
  // eslint-disable-next-line no-restricted-properties -- the one place of this service that reads the environment
  env: NodeJS.ProcessEnv = process.env,
): SimulatorConfig {
  const reader = createConfigReader(env);
  const allowPublicTarget = reader.boolean('ALLOW_PUBLIC_TARGET', { default: false });
  const target = (text: string): URL => parseTarget(text, allowPublicTarget);
  const acsUrl = reader.parsed('ACS_URL', target, { default: new URL('http://127.0.0.1:8081') });
  const batchSize = reader.integer('BATCH_SIZE', { default: 1, min: 0, max: 10_000 });
  const webhookShare = reader.number('WEBHOOK_SHARE', { default: 0.2, min: 0, max: 1 });
  const config: SimulatorConfig = {
    apiUrl: reader.parsed('API_URL', target, { default: new URL('http://127.0.0.1:8080') }),
    acsUrl,
    cwmpUrl: reader.parsed('CWMP_URL', target, { default: new URL('/cwmp', acsUrl ?? 'http://127.0.0.1') }),
    allowPublicTarget,
    ingestToken: reader.optionalString('INGEST_TOKEN', { secret: true, pattern: /^[\x21-\x7e]+$/ }),
    webhookSecret: reader.optionalString('WEBHOOK_SECRET', { secret: true }),
    cwmpUsername: reader.string('CWMP_USERNAME', { default: '{oui}-{class}-{serial}' }),
    cwmpPassword: reader.optionalString('CWMP_PASSWORD', { secret: true }),
    cwmpConnectionPerSession: reader.boolean('CWMP_CONNECTION_PER_SESSION', { default: false }),
    devices: reader.integer('DEVICES', { default: 100, min: 0, max: 1_000_000 }),
    intervalSeconds: reader.integer('INTERVAL_SECONDS', { default: 60, min: 1, max: 31 * DAY_SECONDS }),
    intervalSpread: reader.number('INTERVAL_SPREAD', { default: 0, min: 0, max: 0.5 }),
    batchSize,
    batchLingerMs: reader.integer('BATCH_LINGER_MS', { default: 200, min: 0, max: 60_000 }),
    mix: reader.parsed('MIX', parseMix, { default: usualMix(webhookShare, batchSize) }),
    modelFiles: reader.list('MODEL_FILES', { default: [] }),
    fleetFile: reader.optionalString('FLEET_FILE'),
    scenarios: reader.list('SCENARIOS', { default: [] }),
    scenarioFaster: reader.number('SCENARIO_FASTER', { default: 1, min: 1, max: MOST_FASTER }),
    observations: reader.boolean('OBSERVATIONS', { default: true }),
    retainedReports: reader.integer('RETAINED_REPORTS', { default: 10, min: 0, max: 1000 }),
    seed: reader.integer('SEED', { default: 1, min: 0, max: 2 ** 32 - 1 }),
    serialPrefix: reader.string('SERIAL_PREFIX', { default: 'SIM-', pattern: /^[A-Za-z0-9._-]{1,48}$/ }),
    maxConnections: reader.integer('MAX_CONNECTIONS', { default: 64, min: 1, max: 10_000 }),
    requestTimeoutMs: reader.integer('REQUEST_TIMEOUT_MS', { default: 10_000, min: 100, max: 600_000 }),
    retryMinimumWaitSeconds: reader.integer('RETRY_MINIMUM_WAIT_SECONDS', {
      default: 5,
      min: 1,
      max: 65_535,
    }),
    retryIntervalMultiplier: reader.integer('RETRY_INTERVAL_MULTIPLIER', {
      default: 2000,
      min: 1000,
      max: 65_535,
    }),
    listenHost: reader.string('LISTEN_HOST', { default: '127.0.0.1' }),
    port: reader.integer('PORT', { default: 8083, min: 0, max: 65_535 }),
    opsPort: reader.integer('OPS_PORT', { default: 9104, min: 0, max: 65_535 }),
  };
  reader.finish();
  return config;
}

/** Without a mix: some report to an ACS that hands on, the others by themselves or through a gateway. */
const usualMix = (webhookShare: number, batchSize: number): Mix => [
  { way: 'webhook', weight: webhookShare },
  { way: batchSize > 1 ? 'telemetry' : 'heartbeat', weight: 1 - webhookShare },
];

function parseTarget(text: string, allowPublicTarget: boolean): URL {
  if (!URL.canParse(text)) throw new Error('must be a URL such as http://127.0.0.1:8080');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error('must begin with http:// or https://');
  if (url.username !== '' || url.password !== '') throw new Error('must not hold a user name or a password');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPublicTarget && isIP(host) !== 0 && !isPrivateAddress(host)) {
    throw new Error(`cannot be used: ${new PublicAddressError(host, host).message}`);
  }
  return url;
}
