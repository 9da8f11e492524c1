import type { EnvelopeStyle } from '../models/model-file.js';
import type { ParameterValue } from '../reports/parameter-values.js';
import { escapeXml } from './xml-text.js';

/** An envelope as the model writes it; the ID is echoed by whoever answers. */
export function envelope(style: EnvelopeStyle, id: string, body: string): string {
  const { prefix } = style;
  const header = style.header
    ? `<${prefix}:Header><cwmp:ID ${prefix}:mustUnderstand="1">${escapeXml(id)}</cwmp:ID></${prefix}:Header>`
    : '';
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<${prefix}:Envelope xmlns:${prefix}="http://schemas.xmlsoap.org/soap/envelope/" ` +
    `xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" ` +
    `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="${style.namespace}">` +
    `${header}<${prefix}:Body>${body}</${prefix}:Body></${prefix}:Envelope>\n`
  );
}

export interface InformFacts {
  manufacturer: string;
  oui: string;
  productClass: string;
  serialNumber: string;
  /** With the command key of those that have one. */
  events: readonly (readonly [code: string, commandKey: string])[];
  currentTime: string;
  retryCount: number;
  parameters: readonly ParameterValue[];
}

/** TR-069 Amendment 6, A.3.3.1. */
export function informXml(style: EnvelopeStyle, id: string, facts: InformFacts): string {
  const events = facts.events
    .map(
      ([code, key]) =>
        `<EventStruct><EventCode>${code}</EventCode><CommandKey>${escapeXml(key)}</CommandKey></EventStruct>`,
    )
    .join('');
  return envelope(
    style,
    id,
    '<cwmp:Inform><DeviceId>' +
      `<Manufacturer>${escapeXml(facts.manufacturer)}</Manufacturer><OUI>${facts.oui}</OUI>` +
      `<ProductClass>${escapeXml(facts.productClass)}</ProductClass>` +
      `<SerialNumber>${escapeXml(facts.serialNumber)}</SerialNumber></DeviceId>` +
      `<Event${arrayOf(style, 'EventStruct', facts.events.length)}>${events}</Event>` +
      `<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>${facts.currentTime}</CurrentTime>` +
      `<RetryCount>${facts.retryCount}</RetryCount>${parameterList(style, facts.parameters)}</cwmp:Inform>`,
  );
}

/** `<ParameterList>` with its values, as Inform and GetParameterValuesResponse hold it. */
export function parameterList(style: EnvelopeStyle, parameters: readonly ParameterValue[]): string {
  let values = '';
  for (const { path, value, type } of parameters) {
    values +=
      `<ParameterValueStruct><Name>${path}</Name>` +
      `<Value xsi:type="xsd:${type}">${escapeXml(value)}</Value></ParameterValueStruct>`;
  }
  return `<ParameterList${arrayOf(style, 'ParameterValueStruct', parameters.length)}>${values}</ParameterList>`;
}

export interface Transfer {
  commandKey: string;
  /** 0: it went well. TR-069 Amendment 6, A.5.1. */
  faultCode: number;
  startTime: string;
  completeTime: string;
}

/** TR-069 Amendment 6, A.3.3.2. */
export const transferCompleteXml = (style: EnvelopeStyle, id: string, transfer: Transfer): string =>
  envelope(
    style,
    id,
    `<cwmp:TransferComplete><CommandKey>${escapeXml(transfer.commandKey)}</CommandKey>` +
      `<FaultStruct><FaultCode>${transfer.faultCode}</FaultCode><FaultString></FaultString></FaultStruct>` +
      `<StartTime>${transfer.startTime}</StartTime><CompleteTime>${transfer.completeTime}</CompleteTime>` +
      '</cwmp:TransferComplete>',
  );

/** The CPE's refusal of what an ACS asks. TR-069 Amendment 6, 3.5 and A.5.1. */
export const faultXml = (style: EnvelopeStyle, id: string, code: number, text: string): string =>
  envelope(
    style,
    id,
    `<${style.prefix}:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail>` +
      `<cwmp:Fault><FaultCode>${code}</FaultCode><FaultString>${escapeXml(text)}</FaultString></cwmp:Fault>` +
      `</detail></${style.prefix}:Fault>`,
  );

function arrayOf({ arrayType }: EnvelopeStyle, struct: string, length: number): string {
  if (arrayType === 'absent') return '';
  const count = arrayType === 'padded' ? String(length).padStart(4, '0') : String(length);
  const type = ` SOAP-ENC:arrayType="cwmp:${struct}[${count}]"`;
  return arrayType === 'soapenc' ? ` xsi:type="SOAP-ENC:Array"${type}` : type;
}
