import { openRawConnection } from './raw-connection.js';
import { idOf, methodOf, type WireClient, type WireSession } from './wire-client.js';

/**
 * As genieacs-sim and its forks: Basic with every request, before anybody asked; gives back the whole Set-Cookie,
 * attributes and all, and that of the last session with the next Inform; Content-Type with the empty POST as well;
 * declares 16 parameters and sends 1; dies of any answer that is not 2xx.
 */
export const genieacsSimClient: WireClient = async (
  { url, serialNumber, user = '', password = '' },
  count,
) => {
  const { host, pathname } = new URL(url);
  let cookie: string | undefined;
  const sessions: WireSession[] = [];
  for (let at = 0; at < count; at += 1) {
    const connection = openRawConnection(url);
    const session: WireSession = { statuses: [], methods: [] };
    const post = async (body: string): Promise<string> => {
      const answer = await connection.send(
        [
          `POST ${pathname} HTTP/1.1`,
          `Content-Length: ${body.length}`,
          'Content-Type: text/xml; charset="utf-8"',
          `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
          ...(cookie === undefined ? [] : [`Cookie: ${cookie}`]),
          `Host: ${host}`,
          'Connection: keep-alive',
        ],
        body,
      );
      session.statuses.push(answer.status);
      if (answer.status >= 300) throw new Error(`Unexpected response Code ${answer.status}`);
      cookie = answer.headers['set-cookie']?.join('; ') ?? cookie;
      if (answer.body !== '') session.methods.push(methodOf(answer.body));
      return answer.body;
    };
    try {
      await post(envelope('a1b2c3d4', inform(serialNumber)));
      for (let body = await post(''); body !== '';) {
        body = await post(envelope(idOf(body), fault));
      }
    } finally {
      connection.close();
    }
    sessions.push(session);
  }
  return sessions;
};

const envelope = (id: string, body: string): string =>
  '<?xml version="1.0" encoding="UTF-8"?>\n<soap-env:Envelope xmlns:soap-enc="http://schemas.xmlsoap.org/soap/encoding/"' +
  ' xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="urn:dslforum-org:cwmp-1-0"><soap-env:Header>' +
  `<cwmp:ID soap-env:mustUnderstand="1">${id}</cwmp:ID></soap-env:Header><soap-env:Body>${body}</soap-env:Body></soap-env:Envelope>`;

const inform = (serialNumber: string): string =>
  '<cwmp:Inform><DeviceId><Manufacturer>Huawei Technologies Co., Ltd.</Manufacturer><OUI>202BC1</OUI>' +
  `<ProductClass>BM632w</ProductClass><SerialNumber>${serialNumber}</SerialNumber></DeviceId>` +
  '<Event soap-enc:arrayType="cwmp:EventStruct[1]"><EventStruct><EventCode>2 PERIODIC</EventCode><CommandKey></CommandKey></EventStruct></Event>' +
  `<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>${new Date().toISOString()}</CurrentTime><RetryCount>0</RetryCount>` +
  '<ParameterList soap-enc:arrayType="cwmp:ParameterValueStruct[16]"><ParameterValueStruct><Name>InternetGatewayDevice.DeviceInfo.SoftwareVersion</Name>' +
  '<Value xsi:type="xsd:string">V100R001</Value></ParameterValueStruct></ParameterList></cwmp:Inform>';

const fault =
  '<soap-env:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault>' +
  '<FaultCode>9000</FaultCode><FaultString>Method not supported</FaultString></cwmp:Fault></detail></soap-env:Fault>';
