import type { MessageFate } from './cwmp/session.js';
import type { Fleet } from './fleet.js';
import type { HttpTarget } from './http-target.js';
import { isRetried, leavesDoubt, type Outcome } from './outcome.js';
import { countReason } from './path-tally.js';
import type { Simulation } from './simulation.js';
import type { Truth } from './truth.js';

/** What a system of the access network knows of a device: the fields of a `cpemon.observation.v1`. */
export interface Sighting {
  device: number;
  observer: 'olt' | 'dslam' | 'radius';
  /** Absent where a value was read and nothing happened. */
  observed?: string;
  state?: 'raised' | 'cleared';
  text?: string;
  values?: Readonly<Record<string, number>>;
}

/** OLTs, DSLAMs and RADIUS servers that tell what they see of the fleet, as CloudEvents. */
export interface Observers {
  /** Of a device that the target cannot know yet, and of one that shares its serial number, nothing is told. */
  sees(sighting: Sighting): void;
  /** Sightings under way. */
  readonly waiting: number;
  /** Gives up what is under way. */
  close(): void;
}

export interface ObserversSettings {
  fleet: Fleet;
  truth: Truth;
  simulation: Pick<Simulation, 'later' | 'nowMs' | 'paused' | 'world'>;
  send: HttpTarget['send'];
  /** Of the target's address. */
  prefix: string;
  /** Headers with which the target takes events. */
  headers: Readonly<Record<string, string>>;
  /** Makes the ids of this run unlike those of any other. */
  runId: string;
}

/** As element managers do: alarms of a moment go together. */
const GATHER_MS = 500;
const MOST_IN_BATCH = 500;
/** A collector that is away gets the same batch again. */
const AGAIN_AFTER_MS = 5000;
/** Sightings that wait while it is away; a real spool is bounded too. */
const MOST_WAITING = 100_000;

interface Told {
  event: object;
  device: number;
  settled?: (fate: MessageFate) => void;
}

export function createObservers(settings: ObserversSettings): Observers {
  const { fleet, truth, simulation, runId } = settings;
  const tally = truth.paths.observation;
  let open: Told[] = [];
  let batch: Told[] = [];
  let inDoubt = false;
  let isDue = false;
  let made = 0;

  const isTold = (device: number): boolean =>
    truth.ofDevice(device).last_acknowledged_ts !== null &&
    !fleet.isClone(device) &&
    fleet.renamingOf(device)?.productClass === undefined;

  const post = (): Promise<Outcome> => {
    tally.attempts += 1;
    return settings.send({
      path: `${settings.prefix}/v1/events`,
      headers: { ...settings.headers, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(batch.map(({ event }) => event)),
    });
  };

  const end = (fateOf: (index: number) => MessageFate): void => {
    batch.forEach(({ settled }, index) => settled?.(fateOf(index)));
    batch = [];
    inDoubt = false;
  };

  const deliver = async (): Promise<void> => {
    const outcome = await post();
    if (outcome.kind === 'accepted') {
      const rejected = new Set(outcome.rejected.map(({ index }) => index));
      for (const { reason } of outcome.rejected) countReason(tally.rejected_by_reason, reason);
      end((index) => (rejected.has(index) ? 'not_taken' : 'acknowledged'));
      return again(0);
    }
    if (outcome.kind === 'refused') countReason(tally.refused_by_status, String(outcome.status));
    else countReason(tally.unanswered_by_reason, outcome.reason);
    inDoubt ||= leavesDoubt(outcome);
    if (isRetried(outcome)) {
      tally.retries += 1;
      simulation.later(AGAIN_AFTER_MS, () => void (batch.length > 0 && deliver()));
      return;
    }
    end(() => (inDoubt ? 'in_doubt' : 'not_taken'));
    again(0);
  };

  const again = (afterMs: number): void => {
    if (isDue || open.length === 0) return;
    isDue = true;
    simulation.later(afterMs, () => {
      isDue = false;
      const held = simulation.paused || isCutOff(simulation.world);
      if (held) return again(GATHER_MS);
      if (batch.length > 0) return;
      batch = open.splice(0, MOST_IN_BATCH);
      for (const told of batch) told.settled = truth.observationSent(told.device);
      void deliver();
    });
  };

  return {
    sees(sighting) {
      const { device } = sighting;
      if (!isTold(device) || open.length >= MOST_WAITING) return;
      made += 1;
      open.push({ device, event: eventOf(fleet, sighting, `${runId}/${made}`, simulation.nowMs()) });
      again(GATHER_MS);
    },
    get waiting() {
      return batch.length;
    },
    close() {
      open = [];
      end(() => 'in_doubt');
    },
  };
}

const isCutOff = ({ outages, deadSources }: Simulation['world']): boolean =>
  outages.has('observation') || deadSources.has('observation');

function eventOf(fleet: Fleet, { device, values, ...seen }: Sighting, id: string, atMs: number): object {
  const place = fleet.placeOf(device);
  const system = seen.observer === 'radius' ? 'radius-1' : (place.olt ?? place.dslam ?? place.bng);
  return {
    ...{ specversion: '1.0', id, source: `//${system}`, type: 'cpemon.observation.v1' },
    ...{ subject: fleet.serialNumberOf(device), time: new Date(atMs).toISOString() },
    data: { ...seen, ...values },
  };
}
