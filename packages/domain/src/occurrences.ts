import { bootCauseOf } from './boot-cause.js';
import type { DeviceRecord } from './device-record.js';
import { hasGoneOn, startToldBy } from './device-start.js';
import { readDeviceTime } from './device-time.js';
import type { CpeEvent, Observation, ReportData } from './event.js';
import {
  BOOT_CODE,
  CONNECTION_REQUEST_CODE,
  DIAGNOSTICS_CODE,
  DOWNLOAD_CODE,
  TRANSFER_CODE,
  UPLOAD_CODE,
  VENDOR_CODE,
} from './event-codes.js';
import { identitiesToText, identityCode } from './recent-identities.js';
import { beginAttempt, endAttempt, noteTold, noteTransfer } from './repeats.js';
import { TIMELINE_KEPT_MS, timelineIdentity, type TimelineEntry, type TimelineKind } from './timeline.js';

/** What an event is told by: its record as it was before it, and when it happened. */
interface Telling {
  record: DeviceRecord;
  event: CpeEvent;
  receivedAt: number;
  /** Believable time of the device or relay, else `receivedAt`: what a replay finds again. */
  at: number;
  timeline: TimelineEntry[];
  entries: number;
}

const LONGEST_TEXT = 256;
/** The codes of an Inform are at most 64 (TR-069 Amendment 6, A.3.3.1). */
const MOST_ENTRIES = 64;

/** Whether an event may tell of something that happened; false for the reports that nearly all events are. */
export function mayTell({ event_codes: codes, occurrence, fault, rpc }: ReportData): boolean {
  return codes !== undefined || occurrence !== undefined || fault !== undefined || rpc !== undefined;
}

/**
 * Adds what an event tells to the timeline, but for what an attempt before it has told already. To be called before
 * its values are applied, once for each event that is no duplicate.
 */
export function tellOccurrences(
  record: DeviceRecord,
  event: CpeEvent,
  deviceTime: number | null,
  receivedAt: number,
  timeline: TimelineEntry[],
): void {
  const at = deviceTime ?? receivedAt;
  const telling: Telling = { record, event, receivedAt, at, timeline, entries: 0 };
  const { data } = event;
  if (data.event_codes !== undefined || event.type === 'cpemon.inform.v1') tellCodes(telling);
  if (data.observation !== undefined) tellObservation(telling, data.observation);
  else if (data.rpc !== undefined) tellRequest(telling);
  else tellRelayed(telling);
}

function tell(telling: Telling, kind: TimelineKind, data: object, identity?: string, at = telling.at): void {
  const { record, event, receivedAt, timeline } = telling;
  if (telling.entries >= MOST_ENTRIES || at < receivedAt - TIMELINE_KEPT_MS) return;
  const ordinal = telling.entries;
  telling.entries += 1;
  timeline.push({
    ...{ record, at, kind, data },
    identity: identity ?? timelineIdentity(event.source, event.id, ordinal),
  });
}

function tellCodes(telling: Telling): void {
  const { record, event, receivedAt } = telling;
  const { event_codes: codes = [], command_keys: keys = [], retry_count: retries = 0 } = event.data;
  const retryCount = retries > 0 ? Math.floor(retries) : 0;
  const startedAt = startToldBy(event.data, receivedAt);
  beginAttempt(record, retryCount, startedAt);
  const isNew = (code: string, index: number): boolean =>
    noteTold(record, code, keys[index] ?? '', startedAt) || retryCount === 0;

  const boots: string[] = [];
  let bootToldBefore = false;
  const transfers: { code: string; key: string }[] = [];
  for (const [index, code] of codes.entries()) {
    const key = clip(keys[index] ?? '');
    const named = key === '' ? { code: clip(code) } : { code: clip(code), command_key: key };
    if (BOOT_CODE.test(code)) {
      if (isNew(code, index)) boots.push(clip(code));
      else bootToldBefore = true;
    } else if (CONNECTION_REQUEST_CODE.test(code)) {
      if (isNew(code, index)) tell(telling, 'connection_request', { by: 'cpe' });
    } else if (DIAGNOSTICS_CODE.test(code)) {
      if (isNew(code, index)) tell(telling, 'diagnostics', named);
    } else if (VENDOR_CODE.test(code)) {
      if (isNew(code, index)) tell(telling, 'vendor', named);
    } else if (TRANSFER_CODE.test(code) || DOWNLOAD_CODE.test(code) || UPLOAD_CODE.test(code)) {
      // In the CPE's own session the request with the result follows, and is told.
      if (event.type !== 'cpemon.inform.v1' && isNew(code, index)) transfers.push({ code, key });
    }
  }
  tellTransfersOfCodes(telling, transfers);
  // What a retry adds to a boot that was told is no boot of its own, unless it is a bootstrap.
  if (boots.length > 0 && (!bootToldBefore || boots.some((code) => code.startsWith('0')))) {
    tell(telling, 'boot', { cause: bootCauseOf(codes, hasGoneOn(record, startedAt)), codes: boots });
  }
  endAttempt(record);
}

/** `7 TRANSFER COMPLETE` comes with an `M Download` for each; alone it stands for one. */
function tellTransfersOfCodes(telling: Telling, codes: readonly { code: string; key: string }[]): void {
  const methods = codes.filter(({ code }) => !TRANSFER_CODE.test(code));
  for (const { code, key } of methods.length > 0 ? methods : codes.slice(0, 1)) {
    tell(telling, 'transfer', { method: clip(code), ...(key === '' ? {} : { command_key: key }) });
  }
}

function tellRequest(telling: Telling): void {
  const { record, event, at, receivedAt } = telling;
  const { method, args } = event.data.rpc!;
  const { CommandKey: key = '', StartTime: started = '', CompleteTime: completed = '' } = args;
  const shown = {
    ...{ method: clip(method), ...(key === '' ? {} : { command_key: clip(key) }), ...faultOf(event.data) },
    ...(started === '' ? {} : { started: clip(started) }),
    ...(completed === '' ? {} : { completed: clip(completed) }),
  };
  if (method === 'TransferComplete' || method === 'AutonomousTransferComplete') {
    // An unknown start (Amendment 6, 3.2: year 1) tells no two transfers apart.
    const began = /^0001-/.test(started) || started === '' ? `${started} ${completed}` : started;
    const { IsDownload: way = '', FileType: fileType = '' } = args;
    const code = identityCode(method, [key, way, fileType, began].join('\n'));
    if (!noteTransfer(record, code)) return;
    const read = readDeviceTime(completed, receivedAt);
    const completedAt = read === undefined || read.dropped !== undefined ? at : Date.parse(read.time);
    tell(telling, 'transfer', shown, identitiesToText([code]), completedAt);
  } else if (/^(?:Autonomous)?DUStateChangeComplete$/.test(method)) {
    tell(telling, 'software_module', shown);
  } else if (event.data.fault !== undefined) {
    tell(telling, 'fault', shown);
  }
}

/** Values that somebody read are no happening. */
function tellObservation(telling: Telling, { observer, observed, state, text }: Observation): void {
  if (observed === undefined) return;
  const { correlationid, data } = telling.event;
  const { origin } = data;
  tell(telling, 'observation', {
    ...{ observer, observed: clip(observed) },
    ...(state === undefined ? {} : { state }),
    ...(text === undefined ? {} : { text: clip(text) }),
    ...(origin === undefined ? {} : { by: clip(origin.source) }),
    ...(correlationid === undefined ? {} : { correlation_id: clip(correlationid) }),
  });
}

/** What an ACS reports beside an Inform. */
function tellRelayed(telling: Telling): void {
  const { data } = telling.event;
  const fault = faultOf(data);
  if (data.occurrence === 'connection_request') tell(telling, 'connection_request', { by: 'acs', ...fault });
  else if (data.occurrence === 'provision') tell(telling, 'provision', fault);
  else if (data.occurrence === 'fault' || fault.fault !== undefined) tell(telling, 'fault', fault);
}

/** 0 stands for success (Amendment 6, A.3.3.2). */
function faultOf({ fault }: ReportData): { fault?: { code: string; text: string } } {
  if (fault === undefined || fault.code === '0') return {};
  return { fault: { code: clip(fault.code), text: clip(fault.text) } };
}

const clip = (text: string): string => text.slice(0, LONGEST_TEXT);
