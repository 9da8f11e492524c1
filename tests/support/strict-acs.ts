import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parser as createParser, type QualifiedTag } from 'sax';

/** An element with its namespace, its text and its children in order. */
export interface XmlElement {
  name: string;
  namespace: string;
  attributes: Record<string, string>;
  text: string;
  children: XmlElement[];
}

/** An ACS that knows nothing of this repository and takes only what TR-069 Amendment 6 says to the letter. */
export interface StrictAcs {
  url: string;
  /** What it objected to, each once. */
  readonly problems: Set<string>;
  /** Informs of sessions that came to their end. */
  readonly finished: { serialNumber: string; events: string[]; retryCount: number; values: XmlElement }[];
  stop(): Promise<void>;
}

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/';
const CWMP = /^urn:dslforum-org:cwmp-1-[0-4]$/;
const REALM = 'strict';
/** Table 7. */
const EVENT =
  /^(?:[0-9] (?:BOOTSTRAP|BOOT|PERIODIC|SCHEDULED|VALUE CHANGE|KICKED|CONNECTION REQUEST|TRANSFER COMPLETE|DIAGNOSTICS COMPLETE|REQUEST DOWNLOAD)|M (?:Reboot|Download|ScheduleInform|Upload))$/;
/** A.3.3.1: the arguments in the order in which the schema has them. */
const INFORM = ['DeviceId', 'Event', 'MaxEnvelopes', 'CurrentTime', 'RetryCount', 'ParameterList'];
/** A.3.3.2. */
const TRANSFER_COMPLETE = ['CommandKey', 'FaultStruct', 'StartTime', 'CompleteTime'];
const DEVICE_ID = ['Manufacturer', 'OUI', 'ProductClass', 'SerialNumber'];
/** TR-098 and TR-181: forced Inform parameters, by the end of their names. */
const FORCED = [
  ...['DeviceInfo.HardwareVersion', 'DeviceInfo.SoftwareVersion'],
  ...['ManagementServer.ConnectionRequestURL', 'ManagementServer.ParameterKey'],
];

interface Session {
  serialNumber: string;
  events: string[];
  retryCount: number;
  state: 'informed' | 'asked';
  asked: string[];
}

/** @param credentials user name `{oui}-{class}-{serial}` and this password, by Digest */
export async function startStrictAcs(password: string): Promise<StrictAcs> {
  const problems = new Set<string>();
  const finished: StrictAcs['finished'] = [];
  const sessions = new Map<string, Session>();
  let made = 0;
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const object = (what: string): void => void problems.add(what);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request) body += String(piece);
    const { headers } = request;
    if (request.method !== 'POST') object(`a ${request.method}`);
    if (!isAuthorised(headers.authorization ?? '')) {
      const challenge = `Digest realm="${REALM}", nonce="n${++made}", qop="auth", algorithm=MD5`;
      return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    const cookie = /session=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? '';
    const session = sessions.get(cookie);
    if (body === '') return emptyPost(headers, cookie, session, response);
    if (!/^text\/xml\b/.test(headers['content-type'] ?? '')) object('an envelope that is not text/xml');
    if (headers['soapaction'] === undefined) object('an envelope without SOAPAction');
    const method = readEnvelope(body);
    if (method?.name === 'Inform') return inform(method, headers.authorization ?? '', response);
    if (session === undefined) return object('a message without a session');
    if (method?.name === 'GetParameterValuesResponse') return values(method, cookie, session, response);
    if (method?.name === 'TransferComplete') return transfer(method, cookie, session, response);
    object(`a ${method?.name}`);
    response.writeHead(204).end();
  }

  function transfer(message: XmlElement, cookie: string, session: Session, response: ServerResponse): void {
    if (message.children.map(({ name }) => name).join() !== TRANSFER_COMPLETE.join())
      object('a TransferComplete with other arguments');
    if (!session.events.includes('7 TRANSFER COMPLETE')) object('a TransferComplete without its event');
    if (session.state !== 'informed') object('a TransferComplete after the empty POST');
    send(response, cookie, '<cwmp:TransferCompleteResponse></cwmp:TransferCompleteResponse>');
  }

  function emptyPost(
    headers: IncomingMessage['headers'],
    cookie: string,
    session: Session | undefined,
    response: ServerResponse,
  ): void {
    if (headers['content-type'] !== undefined) object('an empty POST with a type');
    if (session?.state !== 'informed') {
      object('an empty POST that no InformResponse came before');
      return void response.writeHead(204).end();
    }
    session.state = 'asked';
    const names = session.asked.map((name) => `<string>${name}</string>`).join('');
    send(
      response,
      cookie,
      `<cwmp:GetParameterValues><ParameterNames soap-enc:arrayType="xsd:string[${session.asked.length}]">${names}</ParameterNames></cwmp:GetParameterValues>`,
    );
  }

  function inform(message: XmlElement, authorization: string, response: ServerResponse): void {
    const names = message.children.map(({ name }) => name);
    if (names.join() !== INFORM.join()) object(`an Inform of ${names.join()}`);
    const [deviceId, event, , currentTime, retryCount, list] = message.children;
    const identity = deviceId!.children.map(({ text }) => text);
    if (deviceId!.children.map(({ name }) => name).join() !== DEVICE_ID.join()) object('another DeviceId');
    if (!/^[0-9A-F]{6}$/.test(identity[1]!)) object(`the OUI ${identity[1]}`);
    if (!authorization.includes(`username="${identity.slice(1).map(encodeURIComponent).join('-')}"`))
      object('credentials of another device');
    const events = event!.children.map(({ children }) => children[0]!.text);
    if (events.length === 0 || events.length > 64) object(`${events.length} events`);
    for (const code of events) if (!EVENT.test(code)) object(`the event ${code}`);
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/.test(currentTime!.text))
      object(`the time ${currentTime!.text}`);
    if (!/^\d+$/.test(retryCount!.text)) object(`RetryCount ${retryCount!.text}`);
    checkArray(event!, 'EventStruct');
    checkArray(list!, 'ParameterValueStruct');
    const paths = list!.children.map(({ children }) => children[0]!.text);
    for (const end of FORCED)
      if (!paths.some((path) => path.endsWith(end))) object(`an Inform without ${end}`);
    const cookie = `s${++made}`;
    sessions.set(cookie, {
      ...{ serialNumber: identity[3]!, events, retryCount: Number(retryCount!.text) },
      ...{ state: 'informed', asked: paths.slice(0, 2) },
    });
    send(response, cookie, '<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse>');
  }

  function values(message: XmlElement, cookie: string, session: Session, response: ServerResponse): void {
    const [list] = message.children;
    checkArray(list!, 'ParameterValueStruct');
    const named = list!.children.map(({ children }) => children[0]!.text);
    if (named.join() !== session.asked.join()) object('values of other parameters than those asked for');
    sessions.delete(cookie);
    finished.push({ ...session, values: list! });
    response.writeHead(204).end();
  }

  function readEnvelope(text: string): XmlElement | undefined {
    const root = parse(text, object);
    if (root === undefined) return undefined;
    if (root.name !== 'Envelope' || root.namespace !== SOAP) object(`the envelope ${root.name}`);
    const body = root.children.at(-1);
    if (body?.name !== 'Body' || body.children.length !== 1) object('no Body with one message');
    const header = root.children.find(({ name }) => name === 'Header');
    for (const id of header?.children ?? []) {
      if (id.name !== 'ID' || !CWMP.test(id.namespace)) object(`the header ${id.name}`);
      if (id.attributes[`${SOAP} mustUnderstand`] !== '1') object('an ID that need not be understood');
    }
    const message = body?.children[0];
    if (message !== undefined && !CWMP.test(message.namespace)) object(`a message of ${message.namespace}`);
    return message;
  }

  function checkArray(list: XmlElement, struct: string): void {
    for (const { name } of list.children) if (name !== struct) object(`a ${name} in ${list.name}`);
    const type = list.attributes[`${ENCODING} arrayType`];
    const count = type === undefined ? undefined : Number(/\[(\d+)\]$/.exec(type)?.[1]);
    if (count !== undefined && count !== list.children.length)
      object(`${list.name} of ${list.children.length} that says ${type}`);
  }

  const isAuthorised = (header: string): boolean => {
    const part = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(header)?.[1] ?? '';
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
    const first = md5(`${part('username')}:${REALM}:${password}`);
    const second = md5(`POST:${part('uri')}`);
    const middle = [part('nonce'), part('nc'), part('cnonce'), part('qop')].join(':');
    return header.startsWith('Digest ') && part('response') === md5(`${first}:${middle}:${second}`);
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/acs`,
    ...{ problems, finished },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, cookie: string, message: string): void {
  const text =
    `<?xml version="1.0"?><soap:Envelope xmlns:soap="${SOAP}" xmlns:soap-enc="${ENCODING}" ` +
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">' +
    '<soap:Header><cwmp:ID soap:mustUnderstand="1">a</cwmp:ID></soap:Header>' +
    `<soap:Body>${message}</soap:Body></soap:Envelope>`;
  response
    .writeHead(200, { 'content-type': 'text/xml', 'set-cookie': `session=${cookie}; Path=/` })
    .end(text);
}

/** A tree with namespaces; attributes by `namespace name`. */
function parse(text: string, object: (what: string) => void): XmlElement | undefined {
  const strict = createParser(true, { xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  strict.onerror = (error) => {
    object(`no XML: ${error.message.split('\n')[0]}`);
    throw error;
  };
  strict.onopentag = (tag) => {
    const { local, uri, attributes } = tag as QualifiedTag;
    const element: XmlElement = { name: local, namespace: uri, attributes: {}, text: '', children: [] };
    for (const { uri: of, local: name, value } of Object.values(attributes))
      element.attributes[`${of} ${name}`] = value;
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  };
  strict.ontext = (piece) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  };
  strict.onclosetag = () => void open.pop();
  try {
    strict.write(text).close();
  } catch {
    return undefined;
  }
  return root;
}
