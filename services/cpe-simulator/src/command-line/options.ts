import { parseArgs } from 'node:util';
import { readStackAddresses } from './stack-addresses.js';

/** What `npm run simulate` is told: variables for config.ts, and what only a run by hand has. */
export interface SimulateOptions {
  variables: Record<string, string>;
  /** Ends by itself after so many seconds. */
  durationSeconds: number;
  dryRun: boolean;
  /** Epoch milliseconds at which a dry run begins. */
  startTimeMs: number | undefined;
  inventoryFile: string | undefined;
  /** Gets what was sent and what really happened, at the end. */
  truthFile: string | undefined;
  listScenarios: boolean;
  /** Is a target that keeps nothing, on this port, instead. */
  nullSinkPort: number | undefined;
  help: boolean;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A load generator that is forgotten must end by itself. */
const USUAL_DURATION_SECONDS = 3600;
/** What a run by hand may send a second unless told otherwise. */
export const USUAL_MOST_PER_SECOND = 20_000;
/** Reports in one request of a gateway, when a mix names telemetry. */
const USUAL_BATCH = 500;

const OPTIONS = {
  target: { type: 'string' },
  'acs-target': { type: 'string' },
  'cwmp-target': { type: 'string' },
  stack: { type: 'string' },
  devices: { type: 'string' },
  interval: { type: 'string' },
  mix: { type: 'string' },
  batch: { type: 'string' },
  seed: { type: 'string' },
  prefix: { type: 'string' },
  model: { type: 'string', multiple: true },
  fleet: { type: 'string' },
  scenario: { type: 'string', multiple: true },
  scenarios: { type: 'boolean' },
  faster: { type: 'string' },
  'no-observations': { type: 'boolean' },
  'truth-file': { type: 'string' },
  connections: { type: 'string' },
  'connection-per-session': { type: 'boolean' },
  token: { type: 'string' },
  'webhook-secret': { type: 'string' },
  'cwmp-user': { type: 'string' },
  'cwmp-password': { type: 'string' },
  'allow-public-target': { type: 'boolean' },
  duration: { type: 'string' },
  'max-rate': { type: 'string' },
  port: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'start-time': { type: 'string' },
  inventory: { type: 'string' },
  'null-sink': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Options that are a variable of config.ts as they stand. */
const VARIABLES = {
  'acs-target': 'ACS_URL',
  'cwmp-target': 'CWMP_URL',
  devices: 'DEVICES',
  interval: 'INTERVAL_SECONDS',
  mix: 'MIX',
  batch: 'BATCH_SIZE',
  seed: 'SEED',
  prefix: 'SERIAL_PREFIX',
  fleet: 'FLEET_FILE',
  connections: 'MAX_CONNECTIONS',
  token: 'INGEST_TOKEN',
  'webhook-secret': 'WEBHOOK_SECRET',
  'cwmp-user': 'CWMP_USERNAME',
  'cwmp-password': 'CWMP_PASSWORD',
  port: 'PORT',
  faster: 'SCENARIO_FASTER',
} as const;

/**
 * @param environment variables that hold where an option says nothing
 * @throws UsageError
 */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): SimulateOptions {
  const given = parse(args);
  const variables: Record<string, string> = { PORT: '0', OPS_PORT: '0', DEVICES: '1000' };
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) variables[name] = value;
  if (given.stack !== undefined) Object.assign(variables, readStackAddresses(given.stack));
  if (given.target !== undefined) {
    const { target } = given;
    Object.assign(variables, { API_URL: target, ACS_URL: target });
    // An ACS that is not ours takes sessions at the address itself.
    if (given['cwmp-target'] === undefined && new RegExp('^https?://[^/]+/.').test(target))
      variables['CWMP_URL'] = target;
  }
  for (const [option, variable] of Object.entries(VARIABLES)) {
    const value = given[option as keyof typeof VARIABLES];
    if (value !== undefined) variables[variable] = value;
  }
  if (given.model !== undefined) variables['MODEL_FILES'] = given.model.join(',');
  if (given.scenario !== undefined) variables['SCENARIOS'] = given.scenario.join(',');
  if (given['no-observations'] === true) variables['OBSERVATIONS'] = 'false';
  if (given['allow-public-target'] === true) variables['ALLOW_PUBLIC_TARGET'] = 'true';
  if (given['connection-per-session'] === true) variables['CWMP_CONNECTION_PER_SESSION'] = 'true';
  if (variables['BATCH_SIZE'] === undefined && /\btelemetry\b/.test(variables['MIX'] ?? ''))
    variables['BATCH_SIZE'] = String(USUAL_BATCH);
  boundRate(variables, number(given['max-rate'], 'max-rate', USUAL_MOST_PER_SECOND));
  const startTimeMs = given['start-time'] === undefined ? undefined : Date.parse(given['start-time']);
  if (startTimeMs !== undefined && Number.isNaN(startTimeMs))
    throw new UsageError('--start-time must be a time such as 2026-01-01T00:00:00Z');
  return {
    variables,
    durationSeconds: number(
      given.duration,
      'duration',
      given['dry-run'] === true ? 60 : USUAL_DURATION_SECONDS,
    ),
    dryRun: given['dry-run'] === true,
    startTimeMs,
    inventoryFile: given.inventory,
    truthFile: given['truth-file'],
    nullSinkPort: given['null-sink'] === undefined ? undefined : number(given['null-sink'], 'null-sink', 0),
    listScenarios: given.scenarios === true,
    help: given.help === true,
  };
}

type Given = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function parse(args: readonly string[]): Given {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** @throws UsageError when the fleet would send more than that */
function boundRate(variables: Record<string, string>, most: number): void {
  const perSecond = Number(variables['DEVICES']) / Number(variables['INTERVAL_SECONDS'] ?? 60);
  if (perSecond > most) {
    throw new UsageError(
      `${Math.round(perSecond)} reports a second are more than ${most}: --max-rate allows more, --interval asks for less`,
    );
  }
}

function number(text: string | undefined, name: string, usual: number): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`--${name} must be a number above 0`);
  return value;
}
