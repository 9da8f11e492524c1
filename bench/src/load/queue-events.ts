import type { IngestProcess } from '../stack/private-stack.js';
import { refuseUnlessAllAccepted } from './all-accepted.js';
import type { FleetPlan } from './fleet-plan.js';
import { runLoad } from './load-generator.js';

/** The body size of the word "events/s". */
export const EVENTS_PER_BODY = 200;

/**
 * Puts events 0 to `events` − 1 of the plan into the log, through the service and its real append, as fast as it takes
 * them.
 * @throws WrongResult when one of them was refused
 */
export async function queueEvents(api: IngestProcess, fleet: FleetPlan, events: number): Promise<void> {
  const load = await runLoad({
    kind: 'closed',
    target: {
      host: '127.0.0.1',
      port: api.port,
      path: '/v1/telemetry',
      token: api.token,
      batch: EVENTS_PER_BODY,
    },
    fleet,
    connections: 8,
    events,
    warmUpMs: 0,
  });
  refuseUnlessAllAccepted('queueing', load);
}
