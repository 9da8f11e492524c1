import { unescapeXml } from './xml-text.js';

/** What an ACS asks of a CPE, as far as a CPE needs to know to answer. */
export interface AcsRequest {
  /** Name of the RPC; 'Fault' for a refusal; '' when the body cannot be read. */
  method: string;
  id: string;
  /** Texts of elements by their local name, in their order. */
  texts(element: string): string[];
}

const METHOD = /<(?:[\w.-]+:)?Body\b[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)/;
const ID = /<(?:[\w.-]+:)?ID\b[^>]*>([^<]*)</;

/** Reads what an ACS answers with; a CPE has no XML library worth the name either. */
export function readAcsRequest(xml: string): AcsRequest {
  return {
    method: METHOD.exec(xml)?.[1] ?? '',
    id: unescapeXml(ID.exec(xml)?.[1] ?? ''),
    texts: (element) =>
      [...xml.matchAll(new RegExp(`<(?:[\\w.-]+:)?${element}\\b[^>]*>([^<]*)</`, 'g'))].map(([, text]) =>
        unescapeXml(text!.trim()),
      ),
  };
}
