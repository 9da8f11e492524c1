import { eventsOfReports, readBulkBody, readBulkSender, type BulkSender } from '@cpemon/bulkdata';
import { isRefusal, readDeviceId } from '@cpemon/contracts';
import { explainedEvent } from './explained-event.js';
import { MOST_EVENTS, type ExplainOptions, type Explanation } from './explanation.js';
import { requestContext } from './request-context.js';

/** The reports of a bulk data profile, JSON or CSV. */
export function explainBulk(body: Buffer, options: ExplainOptions, explanation: Explanation): void {
  const sender = senderOf(options, explanation);
  if (sender === undefined) return;
  const read = readBulkBody(body, options.contentType);
  if (isRefusal(read)) {
    explanation.refusal = { code: read.code, detail: read.detail };
    return;
  }
  const { reports, rejected, leftOut, drops } = read;
  explanation.rejected = rejected;
  if (leftOut > 0) explanation.notes.push(`${leftOut} older reports are more than a body may have: lost.`);
  const { oui, productClass } = sender;
  let index = 0;
  for (const event of eventsOfReports(reports, sender, requestContext(options), drops)) {
    const { parameters, collectionTime } = reports[index]!;
    index += 1;
    if (index > MOST_EVENTS) continue;
    const manufacturer = event.data.attributes?.manufacturer ?? '';
    explanation.events.push({
      ...explainedEvent(event, parameters, { oui, productClass, manufacturer }),
      identifiedBy: options.address === undefined ? 'nothing' : 'the address',
      ...(collectionTime === undefined ? {} : { timeAsSent: String(collectionTime) }),
    });
  }
  explanation.further = Math.max(0, reports.length - MOST_EVENTS);
  explanation.drops = drops;
}

/** Undefined when the address is refused. */
function senderOf({ address, device }: ExplainOptions, explanation: Explanation): BulkSender | undefined {
  if (address !== undefined) {
    const sender = readBulkSender(address);
    if (!isRefusal(sender)) return sender;
    explanation.refusal = sender;
    return undefined;
  }
  const named = device === undefined ? undefined : readDeviceId(device);
  if (named === undefined)
    explanation.notes.push(
      'Who sent it stands in the address of the request (?oui=&pc=&sn=): it is not known here.',
    );
  const { serialNumber = 'unknown', oui = '', productClass = '' } = named ?? {};
  return { serialNumber, oui: oui.toUpperCase(), productClass };
}
