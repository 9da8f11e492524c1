const PARAMETERS: readonly (readonly [name: string, type: string, value: string])[] = [
  ['InternetGatewayDevice.DeviceSummary', 'string', 'InternetGatewayDevice:1.4[](Baseline:1, EthernetLAN:1)'],
  ['InternetGatewayDevice.DeviceInfo.HardwareVersion', 'string', 'V2.0'],
  ['InternetGatewayDevice.DeviceInfo.SoftwareVersion', 'string', 'V5R019C10S350'],
  ['InternetGatewayDevice.DeviceInfo.ProvisioningCode', 'string', 'bench.example'],
  [
    'InternetGatewayDevice.ManagementServer.ConnectionRequestURL',
    'string',
    'http://198.51.100.20:7547/c0ffee?a=1&amp;b=2',
  ],
  ['InternetGatewayDevice.ManagementServer.ParameterKey', 'string', ''],
  [
    'InternetGatewayDevice.WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.ExternalIPAddress',
    'string',
    '203.0.113.9',
  ],
  ['InternetGatewayDevice.DeviceInfo.UpTime', 'unsignedInt', '913377'],
];

/** A periodic Inform as small routers send it: 2.8 kB with indentation. @param serialNumber of the device */
export function sampleInform(serialNumber: string): Buffer {
  const parameters = PARAMETERS.map(
    ([name, type, value]) => `
        <ParameterValueStruct>
          <Name>${name}</Name>
          <Value xsi:type="xsd:${type}">${value}</Value>
        </ParameterValueStruct>`,
  ).join('');
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">
  <SOAP-ENV:Header>
    <cwmp:ID SOAP-ENV:mustUnderstand="1">100</cwmp:ID>
  </SOAP-ENV:Header>
  <SOAP-ENV:Body>
    <cwmp:Inform>
      <DeviceId>
        <Manufacturer>Example Networks</Manufacturer>
        <OUI>0A1B2C</OUI>
        <ProductClass>Home Router 7</ProductClass>
        <SerialNumber>${serialNumber}</SerialNumber>
      </DeviceId>
      <Event SOAP-ENC:arrayType="cwmp:EventStruct[1]">
        <EventStruct>
          <EventCode>2 PERIODIC</EventCode>
          <CommandKey></CommandKey>
        </EventStruct>
      </Event>
      <MaxEnvelopes>1</MaxEnvelopes>
      <CurrentTime>2026-11-21T07:30:00+01:00</CurrentTime>
      <RetryCount>0</RetryCount>
      <ParameterList SOAP-ENC:arrayType="cwmp:ParameterValueStruct[${PARAMETERS.length}]">${parameters}
      </ParameterList>
    </cwmp:Inform>
  </SOAP-ENV:Body>
</SOAP-ENV:Envelope>
`);
}
