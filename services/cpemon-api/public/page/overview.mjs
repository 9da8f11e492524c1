import { momentNow, elapsedMs } from './database-clock.mjs';
import { createDeviceTable } from './device-table.mjs';
import { byId, setText } from './element.mjs';
import { createFleetTiles } from './fleet-tiles.mjs';
import { formatDuration, parseTime } from './format.mjs';
import { judgeBacklog } from './freshness.mjs';
import { createLaneBars } from './lane-bars.mjs';
import { createPipelineCounters } from './pipeline-counters.mjs';
import { createPipelineStages } from './pipeline-stages.mjs';
import {
  createIngestList,
  createPathsDownList,
  createWriterList,
  pathsDownOf,
  writerLetters,
} from './process-lists.mjs';
import { createRateHistory } from './rate-history.mjs';

const ROWS = 20;

/** What the overview asks for, and what it does with each answer. @returns {import('./source.mjs').View[]} */
export function createOverview() {
  const showTiles = createFleetTiles(byId('tiles'));
  const showPathsDown = createPathsDownList(byId('paths-down'));
  const showPipeline = createPipelineSection();
  const showDevices = createDevicesSection();
  const overview = byId('overview');
  const unhide =
    (/** @type {(answer: any, nowMs: number) => void} */ show) =>
    (/** @type {any} */ answer, /** @type {number} */ nowMs) => {
      show(answer, nowMs);
      overview.hidden = false;
    };
  return [
    {
      path: 'v1/fleet',
      show: unhide((fleet, nowMs) => {
        showTiles(fleet);
        showPathsDown(pathsDownOf(fleet), nowMs);
      }),
    },
    { path: 'v1/pipeline', show: unhide(showPipeline) },
    { path: `api/cpe?sort=recent&limit=${ROWS}`, show: unhide(showDevices) },
  ];
}

/** Writers at work, or null when the answer does not say. @param {any} pipeline */
export const writerCount = (pipeline) => (Array.isArray(pipeline?.writers) ? pipeline.writers.length : null);

/** @returns {(pipeline: any, nowMs: number) => void} */
function createPipelineSection() {
  const showStages = createPipelineStages(byId('stages'));
  const showCounters = createPipelineCounters(byId('counters'));
  const showLanes = createLaneBars(byId('lanes'));
  const showWriters = createWriterList(byId('writers'));
  const showIngests = createIngestList(byId('ingests'));
  const history = createRateHistory();

  return (pipeline, nowMs) => {
    const totals = pipeline.totals ?? {};
    const backlog = judgeBacklog({
      lagEvents: totals.lag_events,
      oldestUnappliedAgeSeconds: totals.oldest_unapplied_age_seconds,
      acceptRate: totals.accept_rate,
      drainRate: totals.drain_rate,
      writers: writerCount(pipeline),
    });
    history.add({
      at: parseTime(pipeline.as_of) ?? nowMs,
      acceptRate: totals.accept_rate ?? null,
      lag: totals.lag_events ?? null,
      drainRate: totals.drain_rate ?? null,
    });
    setText(byId('backlog-sentence'), backlog.sentence);
    showStages(totals, backlog, history.points());
    showCounters(totals);

    const writers = Array.isArray(pipeline.writers) ? pipeline.writers : null;
    const lanes = pipeline.lanes ?? [];
    const owners = [
      ...(writers ?? []).map((/** @type {any} */ writer) => writer.member),
      ...lanes.map((/** @type {any} */ lane) => lane.owner),
    ];
    const letters = writerLetters([...new Set(owners.filter((owner) => typeof owner === 'string'))]);
    showLanes(lanes, (owner) => (typeof owner === 'string' ? (letters.get(owner) ?? null) : null));
    showWriters(writers, letters, nowMs);
    showIngests(Array.isArray(pipeline.ingests) ? pipeline.ingests : null, nowMs);
  };
}

/** @returns {(answer: any, nowMs: number) => void} */
function createDevicesSection() {
  const showTable = createDeviceTable(byId('device-rows'));
  const notice = byId('devices-notice');
  const sentence = byId('devices-sentence');
  const hold = byId('hold');
  /** @type {import('./database-clock.mjs').Moment | null} */
  let heldAt = null;
  hold.addEventListener('click', () => {
    heldAt = heldAt === null ? momentNow() : null;
    hold.setAttribute('aria-pressed', String(heldAt !== null));
  });

  return (answer, nowMs) => {
    if (heldAt !== null)
      return setText(sentence, `held for ${formatDuration(elapsedMs(heldAt, momentNow()) / 1_000)}`);
    const devices = answer.items ?? [];
    showTable(devices, nowMs);
    setText(sentence, devices.length > 0 ? `the latest ${devices.length}` : '');
    notice.hidden = devices.length > 0;
    setText(notice, 'No device has reported yet. One appears here when its first event is applied.');
  };
}
