import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { bytesIn, messagesIn, numberIn, protobufFields, type ProtobufFields } from './protobuf-fields.js';

/** A span as it came over OTLP/HTTP in protobuf (opentelemetry-proto, trace/v1). Times are epoch ms. */
export interface ReceivedSpan {
  service: string;
  name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  traceId: string;
  spanId: string;
  /** Empty: the first of its trace. */
  parentSpanId: string;
  startedAt: number;
  endedAt: number;
  attributes: Record<string, string | number | boolean>;
  links: { traceId: string; spanId: string }[];
  /** 0 unset, 1 ok, 2 error. */
  status: number;
  error: string;
}

export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  spans: ReceivedSpan[];
  /** What the next requests are answered; 200 at first. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

/** Takes traces as a collector does. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const isTraces = request.method === 'POST' && request.url === '/v1/traces';
      const body = Buffer.concat(parts);
      if (isTraces && status === 200)
        spans.push(...spansOf(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body));
      response.writeHead(isTraces ? status : 404, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    answerWith: (next) => void (status = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function spansOf(body: Buffer): ReceivedSpan[] {
  return messagesIn(protobufFields(body), 1).flatMap((ofResource) => {
    const resource = attributesOf(messagesIn(ofResource, 1)[0] ?? new Map(), 1);
    return messagesIn(ofResource, 2).flatMap((ofScope) =>
      messagesIn(ofScope, 2).map((span) => spanOf(span, String(resource['service.name']))),
    );
  });
}

function spanOf(fields: ProtobufFields, service: string): ReceivedSpan {
  const status = messagesIn(fields, 15)[0] ?? new Map();
  return {
    service,
    traceId: bytesIn(fields, 1).toString('hex'),
    spanId: bytesIn(fields, 2).toString('hex'),
    parentSpanId: bytesIn(fields, 4).toString('hex'),
    name: bytesIn(fields, 5).toString(),
    kind: Number(numberIn(fields, 6)),
    startedAt: Number(numberIn(fields, 7)) / 1e6,
    endedAt: Number(numberIn(fields, 8)) / 1e6,
    attributes: attributesOf(fields, 9),
    links: messagesIn(fields, 13).map((link) => ({
      traceId: bytesIn(link, 1).toString('hex'),
      spanId: bytesIn(link, 2).toString('hex'),
    })),
    error: bytesIn(status, 2).toString(),
    status: Number(numberIn(status, 3)),
  };
}

function attributesOf(fields: ProtobufFields, number: number): ReceivedSpan['attributes'] {
  return Object.fromEntries(
    messagesIn(fields, number).map((pair) => [bytesIn(pair, 1).toString(), anyValue(messagesIn(pair, 2)[0])]),
  );
}

function anyValue(value: ProtobufFields = new Map()): string | number | boolean {
  if (value.has(2)) return numberIn(value, 2) === 1n;
  if (value.has(3)) return Number(numberIn(value, 3));
  if (value.has(4)) return new DataView(new BigUint64Array([numberIn(value, 4)]).buffer).getFloat64(0, true);
  return bytesIn(value, 1).toString();
}
