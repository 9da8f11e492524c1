import { openRawConnection } from './raw-connection.js';
import { challengeValue, md5, methodOf, type WireClient, type WireSession } from './wire-client.js';

/**
 * As the TR-069 honeyclient: SOAPAction names the method, "1 Boot" in mixed case, no user agent, GetRPCMethods and
 * RequestDownload between the Inform and the empty POST, which has no Content-Type; cookies as a browser's.
 */
export const honeyclientClient: WireClient = async ({ url, serialNumber, user, password = '' }, count) => {
  const { host, pathname } = new URL(url);
  const sessions: WireSession[] = [];
  for (let at = 0; at < count; at += 1) {
    const connection = openRawConnection(url);
    const session: WireSession = { statuses: [], methods: [] };
    let cookie: string | undefined;
    let challenge: string | undefined;
    let used = 0;
    const authorization = (): string[] => {
      if (challenge === undefined || user === undefined) return [];
      used += 1;
      const nc = used.toString(16).padStart(8, '0');
      const [realm, nonce] = ['realm', 'nonce'].map((name) => challengeValue(challenge ?? '', name));
      const ha1 = md5(`${user}:${realm}:${password}`);
      const response = md5(`${ha1}:${nonce}:${nc}:1f2e3d:auth:${md5(`POST:${pathname}`)}`);
      return [
        `Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${pathname}", ` +
          `response="${response}", algorithm="MD5", qop="auth", nc=${nc}, cnonce="1f2e3d"`,
      ];
    };
    const post = async (body: string): Promise<void> => {
      const answer = await connection.send(
        [
          `POST ${pathname} HTTP/1.1`,
          `Host: ${host}`,
          'Accept-Encoding: gzip, deflate',
          'Accept: */*',
          'Connection: keep-alive',
          ...(body === ''
            ? []
            : ['Content-Type: text/xml; charset="utf-8"', `SOAPAction: cwmp:${methodOf(body)}`]),
          ...(cookie === undefined ? [] : [`Cookie: ${cookie}`]),
          `Content-Length: ${body.length}`,
          ...authorization(),
        ],
        body,
      );
      session.statuses.push(answer.status);
      cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? cookie;
      if (answer.status === 401 && challenge === undefined) {
        challenge = answer.headers['www-authenticate']?.find((each) => each.startsWith('Digest')) ?? '';
        return post(body);
      }
      if (answer.body !== '') session.methods.push(methodOf(answer.body));
    };
    try {
      await post(envelope(inform(serialNumber)));
      await post(envelope('<cwmp:GetRPCMethods></cwmp:GetRPCMethods>'));
      await post(
        envelope(
          '<cwmp:RequestDownload><FileType>3 Vendor Configuration File</FileType><FileTypeArg></FileTypeArg></cwmp:RequestDownload>',
        ),
      );
      await post('');
    } finally {
      connection.close();
    }
    sessions.push(session);
  }
  return sessions;
};

const envelope = (body: string): string =>
  '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"\n   xmlns:soap-enc="http://schemas.xmlsoap.org/soap/encoding/"\n' +
  '   xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">\n' +
  `<soap:Header>\n<cwmp:ID soap:mustUnderstand="1">1</cwmp:ID>\n</soap:Header>\n<soap:Body>${body}</soap:Body></soap:Envelope>`;

const inform = (serialNumber: string): string =>
  '<cwmp:Inform><DeviceId><Manufacturer>AVM</Manufacturer><OUI>00040E</OUI><ProductClass>FRITZ!Box</ProductClass>' +
  `<SerialNumber>${serialNumber}</SerialNumber></DeviceId><Event soap-enc:arrayType="cwmp:EventStruct[3]">` +
  ['4 VALUE CHANGE', '1 Boot', '0 BOOTSTRAP']
    .map((code) => `<EventStruct>\n<EventCode>${code}</EventCode>\n<CommandKey></CommandKey>\n</EventStruct>`)
    .join('') +
  '</Event><MaxEnvelopes>1</MaxEnvelopes><CurrentTime>2026-11-21T18:43:49.820176</CurrentTime><RetryCount>0</RetryCount>' +
  '<ParameterList soap-enc:arrayType="cwmp:ParameterValueStruct[1]"><ParameterValueStruct><Name>InternetGatewayDevice.DeviceInfo.SoftwareVersion</Name>' +
  '<Value xsi:type="xsd:string">113.06.20</Value></ParameterValueStruct></ParameterList></cwmp:Inform>';
