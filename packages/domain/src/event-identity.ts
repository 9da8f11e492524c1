import { hash } from 'node:crypto';

/** The id half of an event's identity (`source` + `id`); docs/event-log.md section 1. */

/** Longer ids of senders are hashed, as every id is kept and compared many times. */
const LONGEST_SENDER_ID = 64;
/** 132 bits as base64url: no two of a device's events meet by chance. */
const ID_CHARACTERS = 22;

/**
 * The id of the event at `index` of a body to which the sender gave an id (`webhook-id`, `Idempotency-Key`).
 * @param senderId printable ASCII
 */
export function identityFromSender(senderId: string, index: number): string {
  const id = `${senderId}:${index}`;
  return id.length <= LONGEST_SENDER_ID ? id : digest(id);
}

/**
 * The id of a CloudEvent. The sender's `source` is a part of it and of nothing else: the `source` of the event in the log is
 * ours, so that no sender can repeat or foresee the identity of an event of another path.
 * @param source without control characters
 */
export const identityFromCloudEvent = (source: string, id: string): string => digest(`${source}\n${id}`);

/**
 * The id of an event by what it says: the same event sent again, in another batch or through another process, gets the
 * same id; two events of one device in one millisecond get two. The time of receipt has no part in it.
 * @param source kind of source, such as "/heartbeat"
 * @param time believable time of the event, RFC 3339
 * @param element the event's own element as JSON
 */
export function identityFromContent(
  source: string,
  serialNumber: string,
  time: string,
  element: string,
): string {
  return digest(`${source}\n${serialNumber}\n${time}\n${element}`);
}

// crypto.hash takes half the time of a Hash object, and every heartbeat pays for it.
function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, ID_CHARACTERS);
}
