import type { IngestProcess } from '../stack/private-stack.js';
import { refuseUnlessAllAccepted } from './all-accepted.js';
import type { FleetPlan } from './fleet-plan.js';
import { runLoad } from './load-generator.js';
import { EVENTS_PER_BODY, telemetryTarget } from './telemetry-target.js';

/**
 * Puts events 0 to `events` − 1 of the plan into the log, through the service and its real append, as fast as it takes
 * them.
 * @param events a multiple of `eventsPerBody`
 * @throws WrongResult when one of them was refused
 */
export async function queueEvents(
  api: IngestProcess,
  fleet: FleetPlan,
  events: number,
  eventsPerBody = EVENTS_PER_BODY,
): Promise<void> {
  const load = await runLoad({
    kind: 'closed',
    target: telemetryTarget(api, eventsPerBody),
    fleet,
    connections: 8,
    events,
    warmUpMs: 0,
  });
  refuseUnlessAllAccepted('queueing', load);
}
