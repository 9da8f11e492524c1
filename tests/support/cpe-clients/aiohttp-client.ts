import { openRawConnection } from './raw-connection.js';
import { methodOf, type WireClient, type WireSession } from './wire-client.js';

/**
 * As CwmpClient (Python): the Envelope is in no namespace, `xsi` is not declared, there is no ID, every element of the
 * Inform is in the namespace of CWMP, the events come after the parameters, and the type is text/plain. Its library
 * keeps no cookies of a server that is named by an address.
 */
export const aiohttpClient: WireClient = async ({ url, serialNumber }, count) => {
  const { host, pathname } = new URL(url);
  const sessions: WireSession[] = [];
  for (let at = 0; at < count; at += 1) {
    const connection = openRawConnection(url);
    const session: WireSession = { statuses: [], methods: [] };
    try {
      for (const body of [inform(serialNumber), '']) {
        const answer = await connection.send(
          [
            `POST ${pathname} HTTP/1.1`,
            `Host: ${host}`,
            'Accept: */*',
            'Accept-Encoding: gzip, deflate',
            `Content-Length: ${body.length}`,
            'Content-Type: text/plain; charset=utf-8',
          ],
          body,
        );
        session.statuses.push(answer.status);
        if (answer.body !== '') session.methods.push(methodOf(answer.body));
      }
    } finally {
      connection.close();
    }
    sessions.push(session);
  }
  return sessions;
};

const inform = (serialNumber: string): string =>
  '<?xml version="1.0" ?><Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">' +
  '<soap:Header/><soap:Body><cwmp:Inform><cwmp:MaxEnvelopes>1</cwmp:MaxEnvelopes><cwmp:CurrentTime>2026-11-21T18:54:50.335521</cwmp:CurrentTime>' +
  '<cwmp:DeviceId><cwmp:Manufacturer>Dites</cwmp:Manufacturer><cwmp:OUI>FFFFFF</cwmp:OUI><cwmp:ProductClass>DTBox1</cwmp:ProductClass>' +
  `<cwmp:SerialNumber>${serialNumber}</cwmp:SerialNumber></cwmp:DeviceId><ParameterList soap:arrayType="cwmp:ParameterValueStruct[1]">` +
  '<ParameterValueStruct><Name>Device.DeviceInfo.SoftwareVersion</Name><Value xsi:type="xsd:string">0.0.1</Value></ParameterValueStruct></ParameterList>' +
  '<cwmp:Event soap:arrayType="cwmp:EventStruct[1]"><EventStruct><cwmp:EventCode>1 BOOT</cwmp:EventCode></EventStruct></cwmp:Event></cwmp:Inform></soap:Body></Envelope>';
