import type { ParameterValue, ParameterValues } from '@cpemon/domain';

/** What an ACS asks a CPE in the answer to an empty POST. */
export interface AcsRequest {
  /** Local name of the method: "GetParameterValues". */
  method: string;
  id: string;
  namespace: string;
  /** Names and partial paths that it names. */
  names: string[];
}

/** The request in the body of an answer; undefined when there is none. Of our own server's writing, so no parser. */
export function readAcsRequest(xml: string): AcsRequest | undefined {
  const method = /<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?([A-Za-z]+)/.exec(xml)?.[1];
  if (method === undefined) return undefined;
  return {
    method,
    id: /<(?:[\w-]+:)?ID(?:\s[^>]*)?>([^<]*)</.exec(xml)?.[1] ?? '',
    namespace: /"(urn:dslforum-org:cwmp-[\d-]+)"/.exec(xml)?.[1] ?? 'urn:dslforum-org:cwmp-1-0',
    names: [...xml.matchAll(/<string(?:\s[^>]*)?>([^<]*)<\/string>/g)].map(([, name]) =>
      unescaped(name ?? ''),
    ),
  };
}

/**
 * Answers as a CPE that knows just these parameters: their values, Fault 9005 when one is unknown, Fault 9000 to
 * anything but GetParameterValues (TR-069 Amendment 6, A.5.1).
 */
export function answerAcsRequest(request: AcsRequest, known: ParameterValues): string {
  if (request.method !== 'GetParameterValues') return fault(request, 9000, 'Method not supported');
  const values = new Map<string, ParameterValue>();
  for (const asked of request.names) {
    const found = Object.entries(known).filter(([name]) =>
      asked === '' || asked.endsWith('.') ? name.startsWith(asked) : name === asked,
    );
    if (found.length === 0) return fault(request, 9005, `Invalid parameter name: ${asked}`);
    for (const [name, value] of found) values.set(name, value);
  }
  const structs = [...values].map(
    ([name, { value, type = 'string' }]) =>
      `<ParameterValueStruct><Name>${escaped(name)}</Name>` +
      `<Value xsi:type="xsd:${escaped(type)}">${escaped(value)}</Value></ParameterValueStruct>`,
  );
  const count = `soapenc:arrayType="cwmp:ParameterValueStruct[${values.size}]"`;
  const list = `<ParameterList ${count}>${structs.join('')}</ParameterList>`;
  return envelope(request, `<cwmp:GetParameterValuesResponse>${list}</cwmp:GetParameterValuesResponse>`);
}

function fault(request: AcsRequest, code: number, text: string): string {
  const detail = `<cwmp:Fault><FaultCode>${code}</FaultCode><FaultString>${escaped(text)}</FaultString></cwmp:Fault>`;
  return envelope(
    request,
    `<soapenv:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail>${detail}</detail></soapenv:Fault>`,
  );
}

const envelope = ({ id, namespace }: AcsRequest, body: string): string =>
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
  ' xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"' +
  ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' +
  ` xmlns:cwmp="${namespace}"><soapenv:Header><cwmp:ID soapenv:mustUnderstand="1">${id}</cwmp:ID></soapenv:Header>` +
  `<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

const unescaped = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
