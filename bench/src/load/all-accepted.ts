import { WrongResult } from '../benchmark.js';
import type { LoadCounts } from './load-job.js';

/** @throws WrongResult unless every request was answered 202 and every event in them accepted */
export function refuseUnlessAllAccepted(name: string, load: LoadCounts): void {
  const { statuses, unanswered, sentEvents, acceptedEvents } = load;
  const others = Object.keys(statuses).filter((status) => status !== '202');
  if (others.length > 0 || unanswered > 0 || sentEvents !== acceptedEvents) {
    throw new WrongResult(
      `${name}: ${acceptedEvents} of ${sentEvents} events were accepted; ` +
        `requests by status ${JSON.stringify(statuses)}, ${unanswered} without an answer`,
    );
  }
}
