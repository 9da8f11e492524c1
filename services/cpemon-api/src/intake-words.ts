import { HEARTBEAT_SCHEMA } from '@cpemon/contracts';
import { objectOf } from './devices/device-schemas.js';
import type { RouteDescription } from './routes/route-book.js';

const count = { type: 'integer', minimum: 0 };
const queued = { type: 'object', required: ['status'], properties: { status: { const: 'queued' } } };
const taken = objectOf({
  accepted: count,
  rejected: { type: 'array', items: objectOf({ index: count, reason: { type: 'string' } }) },
});
const event = { type: 'object', description: 'A CloudEvent 1.0' };

const sender = { access: 'sender' } as const;

/** What the document of the API says of the ways in. `bulkdata` stands there only where that is taken in. */
export const INTAKE_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    ...{ ...sender, method: 'post', path: '/cpe/heartbeat' },
    about: { summary: 'One report of one device.', tag: 'intake', answer: queued, status: 202 },
    bodies: { 'application/json': HEARTBEAT_SCHEMA },
  },
  {
    ...{ ...sender, method: 'post', path: '/v1/telemetry' },
    about: { summary: 'Reports of many devices.', tag: 'intake', answer: taken, status: 202 },
    bodies: {
      'application/json': { type: 'array', items: HEARTBEAT_SCHEMA },
      'application/x-ndjson': { type: 'string' },
    },
  },
  {
    ...{ ...sender, method: 'post', path: '/v1/events' },
    about: {
      summary: 'CloudEvents: binary, structured or a batch.',
      ...{ tag: 'intake', answer: taken, status: 202 },
    },
    bodies: {
      'application/cloudevents+json': event,
      'application/cloudevents-batch+json': { type: 'array', items: event },
      'application/json': { type: 'object', description: 'The data of a CloudEvent in binary mode' },
    },
  },
];

const bulkdata: Omit<RouteDescription, 'method'> = {
  ...{ ...sender, path: '/v1/bulkdata' },
  about: {
    summary: 'HTTP bulk data of TR-181, JSON and CSV.',
    ...{ tag: 'intake', status: 200, json: false, problems: [429] },
  },
  bodies: { 'application/json': {}, 'text/csv': { type: 'string' } },
};

export const BULKDATA_DESCRIPTIONS: readonly RouteDescription[] = [
  { ...bulkdata, method: 'post' },
  { ...bulkdata, method: 'put' },
];

const open = { method: 'get', access: 'anyone' } as const;
/** 404 `page_not_built` where the page was never built. */
const page = { tag: 'page', json: false, media: ['text/html'], problems: [404] } as const;

/** What needs no token, and holds no data. */
export const OPEN_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    ...{ ...open, path: '/healthz' },
    about: {
      summary: 'Whether the process answers.',
      tag: 'page',
      answer: objectOf({ status: { type: 'string' } }),
    },
  },
  { ...open, path: '/', about: { ...page, summary: 'The live page.' } },
  { ...open, path: '/admin', about: { ...page, summary: 'The live page, at one device: ?sn=.' } },
  { ...open, path: '/login', about: { ...page, summary: 'Where login links lead.' } },
  { ...open, path: '/docs', about: { ...page, summary: 'A page that shows this document.' } },
];
