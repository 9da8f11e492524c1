import type { CwmpMessage, Inform } from '@cpemon/cwmp';

/** An Inform by the letter of the standard, of a device that does not exist; rows are edits of it. */
export const INFORM = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">
  <soap:Header>
    <cwmp:ID soap:mustUnderstand="1">4711</cwmp:ID>
  </soap:Header>
  <soap:Body>
    <cwmp:Inform>
      <DeviceId>
        <Manufacturer>Example Networks</Manufacturer>
        <OUI>0A1B2C</OUI>
        <ProductClass>Home Router 7</ProductClass>
        <SerialNumber>CORPUS000001</SerialNumber>
      </DeviceId>
      <Event soapenc:arrayType="cwmp:EventStruct[2]">
        <EventStruct>
          <EventCode>2 PERIODIC</EventCode>
          <CommandKey></CommandKey>
        </EventStruct>
        <EventStruct>
          <EventCode>M Reboot</EventCode>
          <CommandKey>night-work</CommandKey>
        </EventStruct>
      </Event>
      <MaxEnvelopes>1</MaxEnvelopes>
      <CurrentTime>2026-11-21T07:30:00+01:00</CurrentTime>
      <RetryCount>0</RetryCount>
      <ParameterList soapenc:arrayType="cwmp:ParameterValueStruct[3]">
        <ParameterValueStruct>
          <Name>Device.DeviceInfo.SoftwareVersion</Name>
          <Value xsi:type="xsd:string">4.2.1-r7</Value>
        </ParameterValueStruct>
        <ParameterValueStruct>
          <Name>Device.DeviceInfo.UpTime</Name>
          <Value xsi:type="xsd:unsignedInt">86400</Value>
        </ParameterValueStruct>
        <ParameterValueStruct>
          <Name>Device.ManagementServer.ConnectionRequestURL</Name>
          <Value xsi:type="xsd:string">http://192.0.2.17:7547/a?b=1&amp;c=2</Value>
        </ParameterValueStruct>
      </ParameterList>
    </cwmp:Inform>
  </soap:Body>
</soap:Envelope>
`;

export const INFORM_BODY: Inform = {
  method: 'Inform',
  manufacturer: 'Example Networks',
  oui: '0A1B2C',
  productClass: 'Home Router 7',
  serialNumber: 'CORPUS000001',
  events: [
    { code: '2 PERIODIC', commandKey: '' },
    { code: 'M Reboot', commandKey: 'night-work' },
  ],
  currentTime: '2026-11-21T07:30:00+01:00',
  retryCount: 0,
  parameters: {
    'Device.DeviceInfo.SoftwareVersion': { value: '4.2.1-r7', type: 'string' },
    'Device.DeviceInfo.UpTime': { value: '86400', type: 'unsignedInt' },
    'Device.ManagementServer.ConnectionRequestURL': {
      ...{ value: 'http://192.0.2.17:7547/a?b=1&c=2', type: 'string' },
    },
  },
};

const NAMESPACE = 'urn:dslforum-org:cwmp-1-0';

/** What `INFORM` means, with what a row changes. */
export const informMessage = (
  changed: Partial<Inform> = {},
  { id = '4711', namespace = NAMESPACE }: { id?: string | null; namespace?: string } = {},
): CwmpMessage => ({
  ...(id === null ? {} : { id }),
  namespace,
  body: { ...INFORM_BODY, ...changed },
});
