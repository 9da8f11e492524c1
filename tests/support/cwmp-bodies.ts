/** Envelopes as a CPE sends them. */
export interface CwmpBodyOptions {
  id?: string;
  namespace?: string;
}

export interface InformOptions extends CwmpBodyOptions {
  serialNumber?: string;
  oui?: string;
  productClass?: string;
  manufacturer?: string;
  events?: readonly (readonly [code: string, commandKey?: string])[];
  /** dateTime; now when absent. */
  currentTime?: string;
  retryCount?: number;
  parameters?: Readonly<Record<string, string>>;
}

export const PARAMETERS: Readonly<Record<string, string>> = {
  'Device.DeviceInfo.HardwareVersion': 'A1',
  'Device.DeviceInfo.SoftwareVersion': 'V5R020C10S115',
  'Device.DeviceInfo.UpTime': '86400',
  'Device.ManagementServer.ParameterKey': '',
};

export function informXml(options: InformOptions = {}): string {
  const {
    serialNumber = 'CPE-1',
    oui = '00259E',
    productClass = 'EG8145V5',
    manufacturer = 'Huawei',
  } = options;
  const { events = [['2 PERIODIC']], currentTime = new Date().toISOString(), retryCount = 0 } = options;
  const { parameters = PARAMETERS } = options;
  const eventXml = events
    .map(
      ([code, commandKey = '']) =>
        `<EventStruct><EventCode>${code}</EventCode><CommandKey>${commandKey}</CommandKey></EventStruct>`,
    )
    .join('');
  return envelopeXml(
    '<cwmp:Inform>' +
      `<DeviceId><Manufacturer>${manufacturer}</Manufacturer><OUI>${oui}</OUI>` +
      `<ProductClass>${productClass}</ProductClass><SerialNumber>${serialNumber}</SerialNumber></DeviceId>` +
      `<Event soapenc:arrayType="cwmp:EventStruct[${events.length}]">${eventXml}</Event>` +
      `<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>${currentTime}</CurrentTime><RetryCount>${retryCount}</RetryCount>` +
      `${parameterListXml(parameters)}</cwmp:Inform>`,
    options,
  );
}

export function transferCompleteXml(commandKey: string, options: CwmpBodyOptions = {}): string {
  return envelopeXml(
    `<cwmp:TransferComplete><CommandKey>${commandKey}</CommandKey>` +
      '<FaultStruct><FaultCode>0</FaultCode><FaultString></FaultString></FaultStruct>' +
      '<StartTime>2026-01-01T12:00:00Z</StartTime><CompleteTime>2026-01-01T12:01:00Z</CompleteTime>' +
      '</cwmp:TransferComplete>',
    options,
  );
}

/** A request or response without arguments. */
export const plainXml = (method: string, options: CwmpBodyOptions = {}): string =>
  envelopeXml(`<cwmp:${method}></cwmp:${method}>`, options);

export const valuesXml = (
  parameters: Readonly<Record<string, string>>,
  options: CwmpBodyOptions = {},
): string =>
  envelopeXml(
    `<cwmp:GetParameterValuesResponse>${parameterListXml(parameters)}</cwmp:GetParameterValuesResponse>`,
    options,
  );

export const cpeFaultXml = (code: string, options: CwmpBodyOptions = {}): string =>
  envelopeXml(
    '<soapenv:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault>' +
      `<FaultCode>${code}</FaultCode><FaultString>Invalid parameter name</FaultString>` +
      '</cwmp:Fault></detail></soapenv:Fault>',
    options,
  );

function parameterListXml(parameters: Readonly<Record<string, string>>): string {
  const names = Object.keys(parameters);
  const structs = names.map(
    (name) =>
      `<ParameterValueStruct><Name>${name}</Name><Value xsi:type="xsd:string">${parameters[name]}</Value>` +
      '</ParameterValueStruct>',
  );
  return (
    `<ParameterList soapenc:arrayType="cwmp:ParameterValueStruct[${names.length}]">` +
    `${structs.join('')}</ParameterList>`
  );
}

export function envelopeXml(body: string, options: CwmpBodyOptions = {}): string {
  const { id = '1', namespace = 'urn:dslforum-org:cwmp-1-0' } = options;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
    ' xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
    ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="${namespace}">` +
    `<soapenv:Header><cwmp:ID soapenv:mustUnderstand="1">${id}</cwmp:ID></soapenv:Header>` +
    `<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`
  );
}
