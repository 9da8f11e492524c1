import { WEBHOOK_BODY_BYTES } from '@cpemon/contracts';
import { explainBulk } from './explain-bulk.js';
import { explainCwmp } from './explain-cwmp.js';
import { explainJson } from './explain-json.js';
import type { ExplainOptions, Explanation } from './explanation.js';
import { LARGEST_MESSAGE_BYTES, plainBody } from './plain-body.js';
import { recogniseShape } from './recognise.js';

/**
 * Says what CPEmon makes of one message as it came: its shape, device and times, what each parameter means by which
 * rule, what is left out and why, and the events as they would stand in the log. Never throws, and changes nothing.
 */
export function explainMessage(bytes: Buffer, options: ExplainOptions): Explanation {
  const explanation: Explanation = {
    ...{ bytes: bytes.length, rejected: [], events: [], further: 0, drops: {}, notes: [] },
  };
  if (bytes.length > LARGEST_MESSAGE_BYTES) {
    const detail = `No message has more than ${LARGEST_MESSAGE_BYTES} bytes.`;
    return { ...explanation, refusal: { code: 'body_too_large', detail } };
  }
  const { body, isInflated } = plainBody(bytes);
  if (isInflated) explanation.inflatedBytes = body.length;
  const { shape, because } =
    options.as === undefined
      ? recogniseShape(readableText(body), options.contentType)
      : { shape: options.as, because: 'you say so' };
  explanation.shape = shape;
  explanation.because = because;
  if (shape === 'webhook' && body.length > WEBHOOK_BODY_BYTES) {
    const detail = `A webhook has at most ${WEBHOOK_BODY_BYTES} bytes.`;
    return { ...explanation, refusal: { code: 'body_too_large', detail } };
  }
  if (shape === 'cwmp') explainCwmp(body, options, explanation);
  else if (shape === 'bulkdata-json' || shape === 'bulkdata-csv') explainBulk(body, options, explanation);
  else explainJson(body, shape, options, explanation);
  return explanation;
}

/** Enough of a charset to see what a message is; readers decode it properly. */
function readableText(body: Buffer): string {
  const isUtf16 = body.length > 1 && (body.readUInt16BE(0) === 0xfffe || body.readUInt16BE(0) === 0xfeff);
  return isUtf16 ? body.toString('latin1').replace(/[\0þÿ]/g, '') : body.toString('utf8');
}
