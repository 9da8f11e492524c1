import type { RequestContext } from '@cpemon/contracts';
import { modelsInForce } from '@cpemon/device-models';
import {
  identityFromContent,
  identityFromSender,
  readDeviceTime,
  type CpeEvent,
  type ParameterValues,
} from '@cpemon/domain';
import type { CwmpMessage } from '../cwmp-message.js';
import type { MessageContext } from './message-context.js';

/** The id half of the identity of events of CPEs; docs/repeats.md has the rules with examples. */

/** The id that an ACS gave the body it forwards; a CPE gives none, and its headers in a mirrored copy mean nothing. */
export function senderIdentity({ path, request }: MessageContext): string | undefined {
  const { senderId } = request;
  return path === 'webhook' && senderId !== undefined ? identityFromSender(senderId, 0) : undefined;
}

/**
 * A message is the same as another when it says the same at the same time of the device: the same envelope that arrives
 * twice. An attempt to deliver an Inform again has a CurrentTime and a RetryCount of its own, and is another one; so is
 * every message without a believable time.
 */
export function messageIdentity(
  event: CpeEvent,
  message: CwmpMessage,
  request: Pick<RequestContext, 'randomId'>,
): string {
  if (event.time === undefined) return request.randomId();
  return identityFromContent(event.source, event.subject, event.time, contentOf(message, event));
}

/** The message as text, but for secrets: a hash of one can be guessed from the outside. */
function contentOf({ id = '', body }: CwmpMessage, { data }: CpeEvent): string {
  if (!('parameters' in body)) return JSON.stringify([id, data]);
  const { parameters, ...rest } = body;
  return JSON.stringify([id, rest, openValuesOf(parameters)]);
}

function openValuesOf(parameters: ParameterValues): (string | number)[] {
  const { models } = modelsInForce();
  const texts: (string | number)[] = [];
  for (const name in parameters) {
    texts.push(name, models.meaningOf(name).secret ? 0 : (parameters[name]?.value ?? ''));
  }
  return texts;
}

/** What tells one transfer from another: its CommandKey and when it started or, where that is unknown, ended. */
export interface Transfer {
  method: string;
  commandKey: string;
  startTime: string;
  completeTime: string;
}

/**
 * A CPE repeats a TransferComplete in later sessions until it is answered, so the session has no part in its identity:
 * it is the same by its CommandKey and StartTime. Where neither time can be believed it is an event of its own each time.
 */
export function transferIdentity(
  event: Pick<CpeEvent, 'source' | 'subject' | 'oui' | 'productclass'>,
  { method, commandKey, startTime, completeTime }: Transfer,
  { nowMs, randomId }: Pick<RequestContext, 'nowMs' | 'randomId'>,
): string {
  const started = believable(startTime, nowMs);
  const completed = believable(completeTime, nowMs);
  const time = started ?? completed;
  if (time === undefined) return randomId();
  const which = started === undefined ? 'completed' : 'started';
  const device = [event.oui ?? '', event.productclass ?? ''];
  return identityFromContent(
    event.source,
    event.subject,
    time,
    JSON.stringify([...device, method, commandKey, which]),
  );
}

/** A transfer's time may lack its zone and still tell two apart: it is compared, not trusted. */
function believable(text: string, nowMs: number): string | undefined {
  const read = readDeviceTime(text, nowMs);
  if (read === undefined) return undefined;
  if (read.dropped === undefined) return read.time;
  return read.dropped === 'time_without_zone' && /^[2-9]\d{3}-/.test(read.raw) ? read.raw : undefined;
}
