import type { FleetReads } from './fleet-reads.js';
import { fleetView } from './fleet-view.js';
import { pipelineView, totalsOf } from './pipeline-view.js';
import type { RateSampler } from './rate-sampler.js';

/** What `GET /v1/fleet` answers, and the stream tells once a second. */
export async function fleetAnswer(reads: Pick<FleetReads, 'fleet'>): Promise<object> {
  const { counts, ofPathsDown, intake, healths } = await reads.fleet();
  return fleetView(counts, ofPathsDown, intake, healths);
}

/** What `GET /v1/pipeline` answers, and the stream tells once a second. */
export async function pipelineAnswer(
  reads: Pick<FleetReads, 'pipeline'>,
  rates: RateSampler,
): Promise<object> {
  const { stats, ingests, silences } = await reads.pipeline();
  rates.add(totalsOf(stats));
  return pipelineView(stats, rates.rates(), ingests, silences);
}
