import { xmlText } from './xml-text.js';

/** What an answer repeats of the message that it answers. */
export interface AnsweredMessage {
  /** `cwmp:ID` of its header; absent where it had none, and then the answer has none. */
  id?: string;
  /** Its namespace of CWMP. */
  namespace: string;
}

/** The namespace of an answer to what could not be read so far: every CPE knows it. */
export const OLDEST_NAMESPACE = 'urn:dslforum-org:cwmp-1-0';

/** An ID is a number or a short text; a longer one is cut, so that an answer is never larger than it need be. */
const MOST_ID_CHARACTERS = 256;
const MOST_NAMESPACE_CHARACTERS = 64;

const START =
  '<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"' +
  ' xmlns:soap-enc="http://schemas.xmlsoap.org/soap/encoding/"' +
  ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="';
const HEADER = '<soap-env:Header><cwmp:ID soap-env:mustUnderstand="1">';
const HEADER_END = '</cwmp:ID></soap-env:Header>';
const BODY = '<soap-env:Body>';
const END = '</soap-env:Body></soap-env:Envelope>';

/**
 * An envelope around `body`, which is XML with the prefixes `cwmp`, `soap-env`, `soap-enc`, `xsd` and `xsi`. Without an XML
 * declaration: netcwmp ends its session at one.
 */
export function writeEnvelope({ id, namespace }: AnsweredMessage, body: string): string {
  const opening = `${START}${xmlText(namespace, MOST_NAMESPACE_CHARACTERS)}">`;
  const header = id === undefined ? '' : HEADER + xmlText(id, MOST_ID_CHARACTERS) + HEADER_END;
  return opening + header + BODY + body + END;
}
