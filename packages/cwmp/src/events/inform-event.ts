import { isRefusal, type DropCounts, type Refusal } from '@cpemon/contracts';
import type { CpeEvent, ReportData } from '@cpemon/domain';
import type { CwmpMessage, Inform } from '../cwmp-message.js';
import { clip, LONGEST_NAME } from './clip.js';
import { readInformTime } from './inform-time.js';
import type { MessageContext } from './message-context.js';
import { messageIdentity, senderIdentity } from './message-identity.js';
import { addParameters } from './parameter-data.js';
import { newDeviceEvent } from './session-event.js';

/** Bounded by the parser already; whoever makes a message otherwise has the same bound. */
const MOST_EVENTS = 64;

/** `cpemon.inform.v1` of an Inform, however it came. */
export function eventOfInform(
  message: CwmpMessage,
  inform: Inform,
  context: MessageContext,
  drops: DropCounts,
): CpeEvent | Refusal {
  const event = newDeviceEvent('cpemon.inform.v1', context, inform);
  if (isRefusal(event)) return event;
  const { data } = event;
  const { time, rawTime, uptimeSeconds } = readInformTime(inform.currentTime, context.request.nowMs, drops);
  if (time !== undefined) event.time = time;
  addEvents(data, inform);
  addParameters(data, inform.parameters, inform, drops);
  const manufacturer = clip(inform.manufacturer, LONGEST_NAME);
  if (manufacturer !== '') data.attributes = { ...data.attributes, manufacturer };
  if (uptimeSeconds !== undefined) data.metrics = { uptime_seconds: uptimeSeconds, ...data.metrics };
  if (rawTime !== undefined) data.raw_time = rawTime;
  event.id = senderIdentity(context) ?? messageIdentity(event, message, context.request);
  return event;
}

function addEvents(data: ReportData, { events, retryCount }: Inform): void {
  const named = events.slice(0, MOST_EVENTS).filter(({ code }) => code.trim() !== '');
  // Kept when it is empty, too: such an Inform is a retry, and its events were delivered (Amendment 6, 3.7.1.5).
  data.event_codes = named.map(({ code }) => clip(code, LONGEST_NAME));
  const keys = named.map(({ commandKey }) => clip(commandKey, LONGEST_NAME));
  if (keys.some((key) => key !== '')) data.command_keys = keys;
  if (retryCount > 0) data.retry_count = retryCount;
}
