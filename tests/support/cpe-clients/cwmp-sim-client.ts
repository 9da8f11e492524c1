import { openRawConnection } from './raw-connection.js';
import { challengeValue, idOf, md5, methodOf, type WireClient, type WireSession } from './wire-client.js';

/**
 * As cwmp-sim: no cookie is ever given back, so the session is known by its connection alone; Basic first, Digest when
 * that is refused, with nc=00000001 every time; the empty POST has an empty Content-Type.
 */
export const cwmpSimClient: WireClient = async ({ url, serialNumber, user = '', password = '' }, count) => {
  const { host, pathname } = new URL(url);
  const sessions: WireSession[] = [];
  for (let at = 0; at < count; at += 1) {
    const connection = openRawConnection(url);
    const session: WireSession = { statuses: [], methods: [] };
    let challenge: string | undefined;
    const authorization = (): string => {
      if (challenge === undefined) return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
      const [realm, nonce] = ['realm', 'nonce'].map((name) => challengeValue(challenge ?? '', name));
      const ha1 = md5(`${user}:${realm}:${password}`);
      const response = md5(`${ha1}:${nonce}:00000001:70ca13da:auth:${md5(`POST:${pathname}`)}`);
      return (
        `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${pathname}", ` +
        `response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="70ca13da"`
      );
    };
    const post = async (body: string): Promise<string> => {
      const answer = await connection.send(
        [
          `POST ${pathname} HTTP/1.1`,
          'User-Agent: CWMP/1.0',
          `Content-Length: ${body.length}`,
          `Content-Type: ${body === '' ? '' : 'text/xml; charset="utf-8"'}`,
          `Authorization: ${authorization()}`,
          `Host: ${host}`,
          'Connection: keep-alive',
        ],
        body,
      );
      session.statuses.push(answer.status);
      const asked = answer.headers['www-authenticate']?.find((each) => each.startsWith('Digest'));
      if (answer.status === 401 && asked !== undefined && challenge === undefined) {
        challenge = asked;
        return post(body);
      }
      if (answer.status >= 300) throw new Error(`Unexpected response Code ${answer.status}`);
      if (answer.body !== '') session.methods.push(methodOf(answer.body));
      return answer.body;
    };
    try {
      await post(inform(serialNumber));
      for (let body = await post(''); body !== '';) body = await post(values(idOf(body)));
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

const parameter = (name: string, type: string, value: string): string =>
  `<ParameterValueStruct><Name>${name}</Name><Value xsi:type="xsd:${type}">${value}</Value></ParameterValueStruct>`;

const inform = (serialNumber: string): string =>
  envelope(
    'tzlkm29x',
    `<cwmp:Inform><DeviceId><Manufacturer>Simulator</Manufacturer><OUI>C0FFEE</OUI><ProductClass>Simulator</ProductClass><SerialNumber>${serialNumber}</SerialNumber></DeviceId>` +
      '<Event soap-enc:arrayType="cwmp:EventStruct[1]"><EventStruct><EventCode>1 BOOT</EventCode><CommandKey></CommandKey></EventStruct></Event>' +
      `<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>${new Date().toISOString()}</CurrentTime><RetryCount>0</RetryCount>` +
      `<ParameterList soap-enc:arrayType="cwmp:ParameterValueStruct[1]">${parameter('Device.DeviceInfo.SoftwareVersion', 'string', '1.0.0')}</ParameterList></cwmp:Inform>`,
  );

/** The values it has; of names that it does not know it says nothing. */
const values = (id: string): string =>
  envelope(
    id,
    '<cwmp:GetParameterValuesResponse><ParameterList soap-enc:arrayType="cwmp:ParameterValueStruct[1]">' +
      `${parameter('Device.DeviceInfo.UpTime', 'unsignedInt', '17')}</ParameterList></cwmp:GetParameterValuesResponse>`,
  );
