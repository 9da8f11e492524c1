import { isRefusal, refuse, type Refusal } from '@cpemon/contracts';
import type { CwmpMessage } from './cwmp-message.js';
import { readBody } from './read/body.js';
import { decodeXmlText } from './xml/decode-text.js';
import { ownCopy } from './xml/own-copy.js';
import { parseXml } from './xml/parse-xml.js';
import { childOf, findNamespace, namespaceOf, type XmlElement } from './xml/xml-element.js';

/** Why an envelope is refused, with what an answer to it must repeat, as far as it was understood. */
export interface EnvelopeRefusal extends Refusal {
  id?: string;
  namespace?: string;
}

const NOT_AN_ENVELOPE = refuse('not_soap', 'The root element is no Envelope of SOAP.');
const NO_BODY = refuse('not_soap', 'The Envelope has no Body.');
const EMPTY_BODY = refuse('not_cwmp', 'The Body of the Envelope is empty.');
const OTHER_NAMESPACE = refuse('not_cwmp', 'The message is not of a namespace urn:dslforum-org:cwmp-1-….');

/** Protocol versions 1.0 to 1.4 have -0 to -2, devices send up to -4. */
const CWMP_NAMESPACE = /^urn:dslforum-org:cwmp-1-\d{1,2}$/;
const isCwmp = (uri: string): boolean => CWMP_NAMESPACE.test(uri);
const isSoap = (uri: string): boolean => /soap/i.test(uri);
/** Of a message that names none: every version understands its answer. */
const OLDEST_NAMESPACE = 'urn:dslforum-org:cwmp-1-0';

/**
 * Reads a SOAP envelope of CWMP as a CPE sends it, in any of the ways devices are known to depart from the standard.
 * Never throws; takes time proportional to the body, whatever is in it.
 * @param contentType the header as sent, for its charset
 */
export function readEnvelope(body: Buffer, contentType: string | undefined): CwmpMessage | EnvelopeRefusal {
  const text = decodeXmlText(body, contentType);
  if (typeof text !== 'string') return text;
  const envelope = parseXml(text);
  return isRefusal(envelope) ? envelope : messageOf(envelope);
}

/** The message of a document whose root is `envelope`, whichever parser read it. */
export function messageOf(envelope: XmlElement): CwmpMessage | EnvelopeRefusal {
  // An undeclared prefix is a slip of devices; another vocabulary's Envelope is not ours.
  const vocabulary = namespaceOf(envelope);
  if (envelope.localName !== 'Envelope' || (vocabulary !== undefined && !isSoap(vocabulary))) {
    return NOT_AN_ENVELOPE;
  }
  const soapBody = childOf(envelope, 'Body');
  if (soapBody === undefined) return NO_BODY;
  // TR-069 Amendment 6, 3.4.1: one element.
  const [method] = soapBody.children;
  if (method === undefined) return EMPTY_BODY;

  const id = childOf(childOf(envelope, 'Header'), 'ID')?.text;
  const declared = cwmpNamespaceOf(method);
  const namespace = declared === undefined ? undefined : ownCopy(declared);
  const echo = { ...(id === undefined ? {} : { id }), ...(namespace === undefined ? {} : { namespace }) };
  if (namespace === undefined) return { ...OTHER_NAMESPACE, ...echo };
  const read = readBody(method);
  // Not by `code`, which a Fault has as well.
  return 'method' in read ? { ...echo, namespace, body: read } : { ...read, ...echo };
}

/**
 * The namespace of CWMP that a method is of; a Fault, which is SOAP's, and a method that says none have the one declared
 * around or inside them.
 */
function cwmpNamespaceOf(method: XmlElement): string | undefined {
  const own = namespaceOf(method);
  if (own !== undefined && isCwmp(own)) return own;
  if (method.localName === 'Fault') {
    if (own !== undefined && !isSoap(own)) return undefined;
    const detail = childOf(method, 'detail') ?? childOf(method, 'Detail');
    return findNamespace(childOf(detail, 'Fault') ?? method, isCwmp) ?? OLDEST_NAMESPACE;
  }
  return own === undefined && method.name === method.localName ? findNamespace(method, isCwmp) : undefined;
}
