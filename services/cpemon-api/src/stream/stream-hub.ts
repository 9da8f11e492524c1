import {
  ALERT_FEED_LANE,
  labelsOfSets,
  readChanges,
  readDeviceNames,
  readFeedHeads,
  type Change,
  type DeviceName,
  type FeedPositions,
} from '@cpemon/store';
import type { ServerResponse } from 'node:http';
import { isLimited, maySee, type Principal } from '../access/principal.js';
import type { DatabaseReader } from '../database-reader.js';
import { RequestProblem } from '../routes/request-problem.js';
import { writeEventId } from './event-ids.js';
import type { FeedReader, FeedStep } from './feed-reader.js';
import { formatEvent, keepsUp, type StreamTopic, type StreamViewer } from './stream-viewer.js';
import { changeView } from './change-view.js';

export interface StreamHubOptions {
  read: DatabaseReader;
  feed: FeedReader;
  /** What is shown once a second, as the routes of the same names answer it. */
  frames: Readonly<Record<'fleet' | 'pipeline', () => Promise<object>>>;
  /** `fleet` for those who see the devices with some labels only; absent: they are told nothing of it. */
  fleetOfPart?: (labels: Readonly<Record<string, string>>) => Promise<object>;
  maxViewers?: number;
  times?: Partial<StreamTimes>;
}

export interface StreamTimes {
  frameEveryMs: number;
  beatEveryMs: number;
  /** A viewer that takes nothing for so long is cut off. */
  cutOffAfterMs: number;
}

export interface StreamHub {
  /** False when there are as many viewers as a process serves. */
  hasRoom(): boolean;
  /** Begins to write to a viewer. @param after where it goes on; null: with what is new from now on */
  join(
    response: ServerResponse,
    who: { principal: Principal; topics: ReadonlySet<StreamTopic>; after: FeedPositions | null },
  ): Promise<void>;
  viewers(): number;
  stop(): void;
}

/** Hundreds look at one process; a proxy spreads the rest. */
export const MAX_VIEWERS = 1000;
const TIMES: StreamTimes = { frameEveryMs: 1000, beatEveryMs: 15_000, cutOffAfterMs: 60_000 };
/** What is read for one who was away or slow; who missed more is told to ask anew. */
const MOST_CAUGHT_UP = 5000;

/** A change with what it is shown by. */
interface NamedChange {
  change: Change;
  name: DeviceName | undefined;
  labels: Readonly<Record<string, string>>;
}

/** Writes to all who look: figures once a second, changes as they come. One reader for all of them. */
export function createStreamHub(options: StreamHubOptions): StreamHub {
  const { read, feed, frames, fleetOfPart, maxViewers = MAX_VIEWERS } = options;
  const times = { ...TIMES, ...options.times };
  const viewers = new Set<StreamViewer>();
  let stopFollowing: (() => void) | undefined;
  let frameTimer: NodeJS.Timeout | undefined;
  let beatTimer: NodeJS.Timeout | undefined;
  let steps = Promise.resolve();
  let tellingParts = false;

  const nameChanges = (changes: readonly Change[]): Promise<NamedChange[]> => {
    const ids = new Set(changes.map(({ deviceId }) => deviceId));
    ids.delete(0);
    if (ids.size === 0)
      return Promise.resolve(changes.map((change) => ({ change, name: undefined, labels: {} })));
    return read(async (connection) => {
      const names = await readDeviceNames(connection, [...ids]);
      const sets = new Set([...names.values()].map(({ labelSetId }) => labelSetId));
      for (const { kind, labelSetId } of changes) if (kind === 'erased') sets.add(labelSetId ?? 0);
      sets.delete(0);
      const labels = await labelsOfSets(connection, [...sets]);
      return changes.filter(isOfToday(names)).map((change) => {
        const name = names.get(change.deviceId);
        const set = name?.labelSetId ?? change.labelSetId ?? 0;
        return { change, name, labels: Object.fromEntries(labels.get(set) ?? []) };
      });
    });
  };

  /** Changes of a step for all who were there before it; to who was not, it comes when what it missed was read. */
  const onStep = (step: FeedStep): void => {
    steps = steps.then(async () => {
      const named = await nameChanges(step.changes).catch(() => null);
      const nowMs = performance.now();
      const shared = new Map<string, string>();
      for (const viewer of viewers) {
        // Whoever catches up reads for itself; what it has by then is left out of the steps after it.
        if (!keepsUp(viewer, nowMs) || viewer.catchingUp) continue;
        if (named === null || step.lost || !isAt(viewer.positions, step.before)) {
          viewer.behind = true;
          void catchUp(viewer);
          continue;
        }
        const missing = named.filter(
          ({ change: { lane, position } }) => position > (viewer.positions.get(lane) ?? 0),
        );
        viewer.positions = furthest(viewer.positions, step.positions);
        const key =
          missing.length === named.length && !isLimited(viewer.principal) ? [...viewer.topics].join() : null;
        const text = (key === null ? undefined : shared.get(key)) ?? textOf(missing, viewer);
        if (key !== null) shared.set(key, text);
        if (text !== '') viewer.response.write(text);
      }
    });
  };

  /** Gives a viewer what it missed, the newest of each device and kind, or tells it that it was too much. */
  const catchUp = async (viewer: StreamViewer): Promise<void> => {
    if (viewer.catchingUp) return;
    viewer.catchingUp = true;
    try {
      const found = await read((connection) => readChanges(connection, viewer.positions, MOST_CAUGHT_UP));
      if (!viewers.has(viewer) || !keepsUp(viewer, performance.now())) return;
      if (found.more || found.lost.length > 0) {
        const heads = await read(readFeedHeads);
        viewer.response.write(formatEvent('lost', '{}', idOf(heads)));
        viewer.positions = heads;
        viewer.behind = false;
        return;
      }
      const named = await nameChanges(newestOf(found.changes));
      viewer.positions = found.positions;
      const text = textOf(named, viewer);
      if (text !== '') viewer.response.write(text);
      viewer.behind = false;
    } catch {
      // It is tried again with the next figures.
    } finally {
      viewer.catchingUp = false;
    }
  };

  const frame = async (): Promise<void> => {
    const texts = new Map<StreamTopic, string>();
    const troubles: string[] = [];
    for (const topic of ['fleet', 'pipeline'] as const) {
      if (![...viewers].some((viewer) => viewer.topics.has(topic) && !isLimited(viewer.principal))) continue;
      try {
        texts.set(topic, formatEvent(topic, JSON.stringify(await frames[topic]())));
      } catch {
        troubles.push(topic);
      }
    }
    const trouble = troubles.length === 0 ? '' : troubleOf(troubles);
    void tellParts();
    const nowMs = performance.now();
    for (const viewer of viewers) {
      if (keepsUp(viewer, nowMs)) {
        const text = isLimited(viewer.principal)
          ? ''
          : [...viewer.topics].map((topic) => texts.get(topic) ?? '').join('') + trouble;
        if (text !== '') viewer.response.write(text);
        if (viewer.behind) void catchUp(viewer);
      } else if (nowMs - viewer.fullSince! > times.cutOffAfterMs) viewer.response.destroy();
    }
  };

  /** Tells each who sees a part of the fleet how that is; parts that are equal are counted once. Keeps nobody else waiting. */
  const tellParts = async (): Promise<void> => {
    if (fleetOfPart === undefined || tellingParts) return;
    tellingParts = true;
    for (const viewer of viewers) {
      if (!viewer.topics.has('fleet') || !isLimited(viewer.principal)) continue;
      const text = await fleetOfPart(viewer.principal.labels).then(
        (fleet) => formatEvent('fleet', JSON.stringify(fleet)),
        // The directory is being read: there is nothing to show yet, and nothing wrong.
        (error: unknown) => (error instanceof RequestProblem ? '' : troubleOf(['fleet'])),
      );
      if (text !== '' && viewers.has(viewer) && keepsUp(viewer, performance.now()))
        viewer.response.write(text);
    }
    tellingParts = false;
  };

  const start = (): void => {
    if (stopFollowing !== undefined) return;
    stopFollowing = feed.follow(onStep);
    const next = (): void => {
      frameTimer = setTimeout(() => void frame().finally(next), times.frameEveryMs);
      frameTimer.unref();
    };
    next();
    beatTimer = setInterval(() => {
      for (const { response } of viewers) response.write(': \n\n');
    }, times.beatEveryMs);
    beatTimer.unref();
  };

  const rest = (): void => {
    stopFollowing?.();
    stopFollowing = undefined;
    clearTimeout(frameTimer);
    clearInterval(beatTimer);
  };

  return {
    hasRoom: () => viewers.size < maxViewers,
    async join(response, { principal, topics, after }) {
      const heads = await read(readFeedHeads);
      const positions = after ?? heads;
      const viewer: StreamViewer = {
        ...{ principal, topics, positions, response, behind: true, catchingUp: false, fullSince: null },
      };
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        // Proxies that collect answers would keep the events back.
        'X-Accel-Buffering': 'no',
      });
      response.write(
        `retry: 1000\n${formatEvent('hello', JSON.stringify({ viewers: viewers.size + 1 }), idOf(positions))}`,
      );
      // A database that was put back has fewer changes than the viewer has seen.
      if ([...positions].some(([lane, position]) => position > (heads.get(lane) ?? 0))) {
        response.write(formatEvent('lost', '{}', idOf(heads)));
        viewer.positions = heads;
      }
      viewers.add(viewer);
      response.once('close', () => {
        viewers.delete(viewer);
        if (viewers.size === 0) rest();
      });
      start();
      void frameFor(viewer);
    },
    viewers: () => viewers.size,
    stop() {
      rest();
      for (const { response } of viewers) response.end();
      viewers.clear();
    },
  };

  /** The first figures at once, and what came since the positions that it named. */
  async function frameFor(viewer: StreamViewer): Promise<void> {
    for (const topic of ['fleet', 'pipeline'] as const) {
      if (!viewer.topics.has(topic) || isLimited(viewer.principal)) continue;
      const figures = await frames[topic]().catch(() => null);
      if (figures !== null && viewers.has(viewer))
        viewer.response.write(formatEvent(topic, JSON.stringify(figures)));
    }
    await catchUp(viewer);
    if (isLimited(viewer.principal)) void tellParts();
  }
}

const troubleOf = (topics: readonly string[]): string =>
  formatEvent('trouble', JSON.stringify({ code: 'database_unavailable', of: topics }));

/** Of a device that there is no more nothing is told but that it was erased: what was told of it before is not told again. */
const isOfToday =
  (names: ReadonlyMap<number, DeviceName>) =>
  ({ deviceId, kind }: Change): boolean =>
    deviceId === 0 || kind === 'erased' || names.has(deviceId);

/** What a viewer is shown of changes; empty when nothing of it is theirs. */
function textOf(
  named: readonly NamedChange[],
  { topics, principal, positions }: Pick<StreamViewer, 'topics' | 'principal' | 'positions'>,
): string {
  const theirs = named.filter(({ labels, change }) =>
    isLimited(principal) ? change.deviceId !== 0 && maySee(principal, labels) : true,
  );
  let text = '';
  for (const topic of ['changes', 'alerts'] as const) {
    if (!topics.has(topic)) continue;
    const items = theirs
      .filter(({ change }) => (change.lane === ALERT_FEED_LANE) === (topic === 'alerts'))
      .map(({ change, name, labels }) => changeView(change, name, labels));
    if (items.length > 0) text += formatEvent(topic, JSON.stringify({ items }), idOf(positions));
  }
  return text;
}

function newestOf(changes: readonly Change[]): Change[] {
  const newest = new Map<string, Change>();
  for (const change of changes) {
    const { lane, position, deviceId, kind } = change;
    // What is none of one device has no later state of it.
    const key = deviceId === 0 ? `${lane}/${position}` : `${deviceId}/${kind}`;
    newest.delete(key);
    newest.set(key, change);
  }
  return [...newest.values()];
}

/** Whether nothing lies between what a viewer has seen and a position. */
const isAt = (seen: FeedPositions, position: FeedPositions): boolean =>
  [...position].every(([lane, at]) => (seen.get(lane) ?? 0) >= at);

const furthest = (one: FeedPositions, other: FeedPositions): FeedPositions =>
  new Map([...one, ...[...other].map(([lane, at]) => [lane, Math.max(at, one.get(lane) ?? 0)] as const)]);

const idOf = (positions: FeedPositions): string => {
  const id = writeEventId(positions);
  return id === '' ? '0.0' : id;
};
