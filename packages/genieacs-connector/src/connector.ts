import { pause } from './abortable-pause.js';
import { createDelivery, type Deliver, type Delivered } from './delivery.js';
import { deviceMessage } from './device-message.js';
import { faultMessage } from './fault-message.js';
import { followOnce, type Followed } from './follow.js';
import { importDevices } from './import-devices.js';
import { createNbiClient, type NbiDocument } from './nbi-client.js';
import { createPace } from './pace.js';
import { createPageReader } from './page-reader.js';
import { createPatience } from './patience.js';
import { createRecentlySent } from './recently-sent.js';
import { readState, writeState, type ConnectorState } from './state-file.js';
import { projectionOf } from './wanted-parameters.js';

export interface ConnectorOptions {
  /** The north-bound interface of GenieACS. */
  nbi: { url: string; authorization?: string };
  /** acs-ingest, one of its WEBHOOK_SECRETS, and whether it wants Standard Webhooks. */
  acsIngest: { url: string; secret?: string; standard?: boolean };
  /** Path of the state file. */
  stateFile: string;
  /** Import and one round, then end. */
  once: boolean;
  /** Between two rounds. */
  intervalMs: number;
  overlapMs: number;
  /** 1 to LARGEST_PAGE_SIZE. */
  pageSize: number;
  /** To the NBI. */
  requestsPerSecond: number;
  /** Whether faults are read too. */
  faults: boolean;
  /** Paths of parameters to be read from the device documents. */
  parameters: readonly string[];
  tell: (line: string) => void;
  /** Ends the connector; what was not acknowledged is read again the next time. */
  signal: AbortSignal;
  /** For tests. */
  firstWaitMs?: number;
}

/** What a run did. */
export interface ConnectorTotals {
  devices: number;
  faults: number;
  /** Messages that CPEmon refused for good, and documents that name no device. */
  refused: number;
}

/**
 * Reads devices and faults from GenieACS and hands them to CPEmon: all devices once, then those that informed since. It
 * only reads; the state moves on when CPEmon has acknowledged, so that everything arrives at least once.
 * @returns when `signal` says so, or after one round
 * @throws Error with a sentence for what no other try will mend, and with `once` when the other side is not there
 */
export async function runConnector(options: ConnectorOptions): Promise<ConnectorTotals> {
  const { nbi, stateFile, once, intervalMs, overlapMs, faults, tell, signal } = options;
  const totals: ConnectorTotals = { devices: 0, faults: 0, refused: 0 };
  const state = readState(stateFile, nbi.url);
  const save = (change: Partial<ConnectorState>): void => {
    Object.assign(state, change);
    writeState(stateFile, state);
  };
  const wait = options.firstWaitMs === undefined ? {} : { firstWaitMs: options.firstWaitMs };
  const deliver = createDelivery({
    ...options.acsIngest,
    patience: createPatience({ who: 'acs-ingest', once, tell, signal, ...wait }),
  });
  const readPage = createPageReader({
    nbi: createNbiClient({ ...nbi, pace: createPace(options.requestsPerSecond) }),
    patience: createPatience({ who: 'The NBI', once, tell, signal, ...wait }),
    pageSize: options.pageSize,
    tell,
    signal,
  });
  const sender = (translate: (document: NbiDocument) => object | undefined, kind: 'devices' | 'faults') =>
    sendDocuments(translate, kind, deliver, totals, tell, signal);

  const devices: Followed = {
    collection: 'devices',
    timeField: '_lastInform',
    projection: projectionOf(options.parameters),
    recent: createRecentlySent(),
    until: () => state.devices_until,
    reached: (time) => save({ devices_until: time }),
    send: sender(deviceMessage, 'devices'),
  };
  const followedFaults: Followed = {
    collection: 'faults',
    timeField: 'timestamp',
    projection: ['device', 'channel', 'timestamp', 'code', 'message', 'retries'],
    recent: createRecentlySent(),
    until: () => state.faults_until,
    reached: (time) => save({ faults_until: time }),
    send: sender(faultMessage, 'faults'),
  };

  try {
    if (!state.import.done) await importDevices({ state, save, devices, readPage, tell });
    for (let rounds = 0; ; rounds += 1) {
      const before = { ...totals };
      const moreDevices = await followOnce(devices, readPage, overlapMs);
      const moreFaults = faults ? await followOnce(followedFaults, readPage, overlapMs) : false;
      if (rounds === 0 || totals.devices > before.devices || totals.faults > before.faults) {
        tell(
          `Round done: ${totals.devices - before.devices} devices and ${totals.faults - before.faults} faults sent, ` +
            `up to ${state.devices_until ?? 'nothing'}`,
        );
      }
      if (moreDevices || moreFaults) continue;
      if (once) return totals;
      await pause(intervalMs, signal);
      if (signal.aborted) return totals;
    }
  } catch (error) {
    if (signal.aborted) return totals;
    throw error;
  }
}

/** Sends what documents say and counts what came of it; one log line for what was refused. */
function sendDocuments(
  translate: (document: NbiDocument) => object | undefined,
  kind: 'devices' | 'faults',
  deliver: Deliver,
  totals: ConnectorTotals,
  tell: (line: string) => void,
  signal: AbortSignal,
): (documents: NbiDocument[]) => Promise<void> {
  return async (documents) => {
    const messages = documents.map(translate).filter((message) => message !== undefined);
    const delivered: Delivered =
      messages.length === 0 ? { accepted: 0, refused: new Map() } : await deliver(messages, signal);
    const nameless = documents.length - messages.length;
    if (nameless > 0) delivered.refused.set('no_device_name', nameless);
    totals[kind] += delivered.accepted;
    if (delivered.refused.size === 0) return;
    const reasons = [...delivered.refused].map(([reason, count]) => `${reason} ${count}`);
    for (const count of delivered.refused.values()) totals.refused += count;
    tell(`Refused for good, of ${documents.length} ${kind}: ${reasons.join(', ')}`);
  };
}
