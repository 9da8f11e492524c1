import { Router, type Request, type Response } from 'express';
import { readLabelName, readSerialNumber } from '@cpemon/domain';
import { methodNotAllowed } from '@cpemon/intake';
import { isLimited, principalOf } from './access/principal.js';
import { sendProblem } from '@cpemon/service-kit';
import { candidateView, deviceView } from './device-view.js';
import type { FleetReads } from './fleet-reads.js';
import { fleetAnswer, pipelineAnswer } from './fleet-answers.js';
import { fleetByLabelView } from './fleet-view.js';
import { createRateSampler, type RateSampler } from './rate-sampler.js';
import type { LimitedFleet } from './limited-fleet.js';
import type { Gate } from './reader-access.js';
import { SHORT_DEVICE, SHORT_LIST } from './devices/device-schemas.js';
import { FLEET_ANSWER, PIPELINE_ANSWER, textQuery } from './read-schemas.js';
import type { RouteBook, RouteDescription } from './routes/route-book.js';
import { answerKnownErrors } from './routes/route-problems.js';
import { rfc3339 } from './rfc3339.js';

export interface ReadRoutesOptions {
  reads: FleetReads;
  mayRead: Gate;
  /** What those see who see a part of the fleet, and who may; absent: they see nothing of it. */
  part?: { mayLook: Gate; limitedFleet: LimitedFleet };
  rates?: RateSampler;
  book?: RouteBook;
  /** Whether whoever asks sees addresses in part only. */
  masks?: (request: Request) => boolean;
}

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 500;
const LARGEST_OFFSET = 10_000_000;

/** What people and pages ask: the fleet, its devices, the pipeline. */
export function createReadRoutes({
  reads,
  mayRead,
  part,
  rates = createRateSampler(),
  book,
  masks = () => false,
}: ReadRoutesOptions): Router {
  const routes = Router();

  const get = (
    path: string,
    answer: (request: Request, response: Response) => Promise<unknown>,
    described: Pick<RouteDescription, 'about' | 'query'>,
    gate: Gate = mayRead,
  ): void => {
    book?.describe({ method: 'get', path, access: 'reader', ...described });
    routes
      .route(path)
      .get(gate, async (request, response) => {
        response.setHeader('Cache-Control', 'no-store');
        await answer(request, response);
      })
      .all(methodNotAllowed('GET, HEAD'));
  };

  get(
    '/api/cpe',
    async (request, response) => {
      const offset = wholeNumber(request.query['offset'], 0, 0, LARGEST_OFFSET);
      const limit = wholeNumber(request.query['limit'], DEFAULT_LIMIT, 1, LARGEST_LIMIT);
      const sort = request.query['sort'] ?? 'first_seen';
      if (offset === undefined || limit === undefined || (sort !== 'recent' && sort !== 'first_seen')) {
        const detail = `offset: from 0, limit: 1 to ${LARGEST_LIMIT}, sort: first_seen or recent.`;
        return sendProblem(response, { status: 400, code: 'invalid_parameter', detail });
      }
      const page = await reads.devices({ offset, limit, recentFirst: sort === 'recent' });
      response.json({
        items: page.devices.map((device) => deviceView(device, page.intake, masks(request))),
        ...{ offset, limit, total: page.total, as_of: rfc3339(page.intake.at) },
      });
    },
    SHORT_LIST_WORDS,
  );

  get(
    '/api/cpe/:sn',
    async (request, response) => {
      const { serialNumber } = readSerialNumber(request.params['sn']) as { serialNumber?: string };
      if (serialNumber === undefined) {
        const detail = 'A serial number is 1 to 64 printable ASCII characters.';
        return sendProblem(response, { status: 400, code: 'invalid_sn', detail });
      }
      const { oui, product_class: productClass } = request.query;
      const { devices, intake } = await reads.device(serialNumber);
      const [device, ...others] = devices.filter(
        (each) =>
          (oui === undefined || each.oui === oui) &&
          (productClass === undefined || each.productClass === productClass),
      );
      if (device === undefined) {
        const detail = `No device with the serial number ${serialNumber} has reported.`;
        return sendProblem(response, { status: 404, code: 'unknown_device', detail });
      }
      if (others.length > 0) {
        return sendProblem(response, {
          status: 409,
          code: 'ambiguous_serial_number',
          detail: 'Several devices have this serial number: name oui and product_class as well.',
          extra: { candidates: [device, ...others].map(candidateView) },
        });
      }
      response.json({ ...deviceView(device, intake, masks(request)), as_of: rfc3339(intake.at) });
    },
    SHORT_DEVICE_WORDS,
  );

  get(
    '/v1/fleet',
    async (request, response) => {
      const { by } = request.query;
      const principal = principalOf(request);
      const limited = isLimited(principal) ? part?.limitedFleet : undefined;
      if (by !== undefined) {
        const label = typeof by === 'string' ? readLabelName(by) : null;
        if (label === null) {
          const detail = 'by: the name of a label, such as region, model, firmware or admin_state.';
          return sendProblem(response, { status: 400, code: 'invalid_parameter', detail });
        }
        if (limited !== undefined) return response.json(await limited.fleetBy(principal.labels, label));
        const { values, intake } = await reads.fleetBy(label);
        return response.json(fleetByLabelView(label, values, intake));
      }
      response.json(await (limited?.fleet(principal.labels) ?? fleetAnswer(reads)));
    },
    FLEET_WORDS,
    part?.mayLook,
  );

  get(
    '/v1/pipeline',
    async (_request, response) => {
      response.json(await pipelineAnswer(reads, rates));
    },
    PIPELINE_WORDS,
  );

  routes.use(answerKnownErrors);
  return routes;
}

type Words = Pick<RouteDescription, 'about' | 'query'>;

const SHORT_LIST_WORDS: Words = {
  about: { summary: 'Devices in the short form.', tag: 'devices', answer: SHORT_LIST },
  query: textQuery({
    offset: 'How many to pass over; 0',
    limit: `1 to ${LARGEST_LIMIT}; ${DEFAULT_LIMIT}`,
    sort: 'first_seen, or recent: heard last first; first_seen',
  }),
};
const SHORT_DEVICE_WORDS: Words = {
  about: {
    summary: 'One device in the short form, by its serial number.',
    ...{ tag: 'devices', answer: SHORT_DEVICE, problems: [404, 409] },
  },
  query: textQuery({ oui: 'Where several have the serial number', product_class: 'Where several have both' }),
};
const FLEET_WORDS: Words = {
  about: {
    summary:
      'How many devices are how; with `by`, by the values of a label. A viewer limited to labels is told of devices with them.',
    ...{ tag: 'fleet', answer: FLEET_ANSWER },
  },
  query: textQuery({ by: 'Name of a label, such as region, model, firmware or admin_state' }),
};
const PIPELINE_WORDS: Words = {
  about: {
    summary:
      'Where the events are: taken in, waiting, applied, given up; who applies them and who takes them in.',
    ...{ tag: 'pipeline', answer: PIPELINE_ANSWER },
  },
};

/** A query parameter as a whole number; undefined when it is none within the bounds. */
function wholeNumber(text: unknown, fallback: number, min: number, max: number): number | undefined {
  if (text === undefined) return fallback;
  if (typeof text !== 'string' || !/^\d{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
