import { openRawConnection, type RawAnswer } from './raw-connection.js';
import { challengeValue, md5, methodOf, type WireClient, type WireSession } from './wire-client.js';

/** What it keeps of a nonce and of a Set-Cookie. */
const NONCE_CHARACTERS = 32;
const COOKIE_CHARACTERS = 255;

/**
 * As netcwmp in C, which the agents of many CPEs come from. With Digest it begins with an empty POST, to be challenged;
 * answers by RFC 2069 (no qop, no cnonce) with an empty `uri` and the first 32 characters of the nonce; the empty POST
 * at the end has no Authorization. It gives back the first 255 characters of the Set-Cookie line. It reads a body by its
 * Content-Length, and none that begins with an XML declaration.
 */
export const netcwmpClient: WireClient = async (options, count) => {
  const { url, serialNumber, productClass = 'OT2800', user, password = '' } = options;
  const { hostname, port, pathname } = new URL(url);
  const sessions: WireSession[] = [];
  for (let at = 0; at < count; at += 1) {
    const connection = openRawConnection(url);
    const session: WireSession = { statuses: [], methods: [] };
    let cookie: string | undefined;
    const post = async (body: string, authorization: string[] = []): Promise<RawAnswer> => {
      const answer = await connection.send(
        [
          `POST ${pathname} HTTP/1.1`,
          `Host: ${hostname}:${port}`,
          'User-Agent: CPE Netcwmp Agent',
          'Accept: */*',
          'Content-Type: text/xml; charset=utf-8',
          `Content-Length: ${body.length}`,
          ...authorization,
          ...(cookie === undefined ? [] : [`Cookie: ${cookie}`]),
        ],
        body,
      );
      session.statuses.push(answer.status);
      cookie = answer.headers['set-cookie']?.[0]?.slice(0, COOKIE_CHARACTERS) ?? cookie;
      return answer;
    };
    try {
      let authorization: string[] = [];
      if (user !== undefined) {
        const asked = (await post('')).headers['www-authenticate']?.find((each) => each.startsWith('Digest'));
        const realm = challengeValue(asked ?? '', 'realm');
        const nonce = challengeValue(asked ?? '', 'nonce').slice(0, NONCE_CHARACTERS);
        const response = md5(`${md5(`${user}:${realm}:${password}`)}:${nonce}:${md5('POST:')}`);
        authorization = [
          `Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="", response="${response}"`,
        ];
      }
      const { body } = await post(inform(serialNumber, productClass), authorization);
      if (!body.startsWith('<') || body.startsWith('<?'))
        throw new Error(`It cannot read ${body.slice(0, 20)}`);
      session.methods.push(methodOf(body));
      await post('');
    } finally {
      connection.close();
    }
    sessions.push(session);
  }
  return sessions;
};

const inform = (serialNumber: string, productClass: string): string =>
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/"' +
  ' xmlns:xsi="http://www.w3.org/1999/XMLSchema-instance" xmlns:xsd="http://www.w3.org/1999/XMLSchema" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">' +
  '<SOAP-ENV:Header><cwmp:ID SOAP-ENV:mustUnderstand="1">1795287919</cwmp:ID><cwmp:NoMoreRequests SOAP-ENV:mustUnderstand="1">0</cwmp:NoMoreRequests></SOAP-ENV:Header>' +
  '<SOAP-ENV:Body><cwmp:Inform><DeviceId><Manufacturer>ChinaNMS</Manufacturer><OUI>A00001</OUI>' +
  `<ProductClass>${productClass}</ProductClass>` +
  `<SerialNumber>${serialNumber}</SerialNumber></DeviceId><Event SOAP-ENC:arrayType="cwmp:EventStruct[2]">` +
  '<EventStruct><EventCode>0 BOOTSTRAP</EventCode><CommandKey></CommandKey></EventStruct>' +
  '<EventStruct><EventCode>1 BOOT</EventCode><CommandKey></CommandKey></EventStruct></Event><MaxEnvelopes>1</MaxEnvelopes>' +
  '<CurrentTime>2026-11-21T18:45:19+00:00</CurrentTime><RetryCount>0</RetryCount>' +
  '<ParameterList SOAP-ENC:arrayType="cwmp:ParameterValueStruct[1]"><ParameterValueStruct><Name>InternetGatewayDevice.DeviceInfo.SoftwareVersion</Name>' +
  '<Value xsi:type="xsd:string">V1.2.7.29</Value></ParameterValueStruct></ParameterList></cwmp:Inform></SOAP-ENV:Body></SOAP-ENV:Envelope>';
