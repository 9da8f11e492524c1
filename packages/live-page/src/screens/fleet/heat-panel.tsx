import { useEffect, useMemo, useState } from 'preact/hooks';
import { api, problemWords } from '../../data/api.js';
import { fleet, lostVersion, pathsDown } from '../../data/live.js';
import { sessionVersion } from '../../data/session.js';
import { useAnswer } from '../../data/use-answer.js';
import { isWall, place, setQuery } from '../../frame/router.js';
import { devicePath, devicesPath } from '../../frame/url-state.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { Panel } from '../../parts/panel.js';
import { StatusShape } from '../../parts/status-badge.js';
import { formatCount } from '../../words/format.js';
import { MOST_CELLS, readDeviceCells, type DeviceCells } from './device-cells.js';
import { countCells, orderGroups, type GroupCell, type HeatCell } from './heat-cell.js';
import { HeatGrid } from './heat-grid.js';
import { defaultGrid, readWithin, writeWithin } from './heat-choice.js';

const HEIGHT = 340;
const WALL_HEIGHT = 520;
/** What the stream cannot tell, such as new devices. */
const READ_AGAIN_MS = 300_000;

/** Where it is: a square for each device, or for each value of a label. `?grid=` says which, `?within=` of what. */
export function HeatPanel() {
  const { query } = place.value;
  const names = useLabelNames();
  const within = readWithin(query.get('within'));
  const devices = fleet.value?.devices;
  const grid = within !== null ? 'devices' : (query.get('grid') ?? defaultGrid(devices, names, MOST_CELLS));
  const choose = (chosen: string): void => setQuery({ grid: chosen, within: '' }, { replace: false });
  return (
    <Panel
      title="Where"
      kind="where"
      aside={
        <>
          {within !== null && (
            <span class="crumb">
              {within.label} {within.value}{' '}
              <a href={devicesPath({ [`label.${within.label}`]: within.value })}>as a list</a>
            </span>
          )}
          <label>
            A square is{' '}
            <select
              aria-label="What a square is"
              value={grid ?? ''}
              onChange={({ currentTarget }) => choose(currentTarget.value)}
            >
              {['devices', ...names].map((name) => (
                <option key={name} value={name}>
                  {name === 'devices' ? 'a device' : `a ${name}`}
                </option>
              ))}
            </select>
          </label>
        </>
      }
    >
      {grid === null ? (
        <p class="note">Reading the fleet …</p>
      ) : grid === 'devices' ? (
        <DeviceHeat within={within} />
      ) : (
        <GroupHeat label={grid} />
      )}
    </Panel>
  );
}

/** Labels that some devices have, and what every device has. */
function useLabelNames(): string[] {
  const { answer } = useAnswer('label names', () => api.call('getDevices', { query: { limit: '200' } }));
  return useMemo(() => {
    const found = new Set((answer?.items ?? []).flatMap(({ labels }) => Object.keys(labels)));
    return [...[...found].sort(), 'model', 'firmware'].filter(
      (name, index, all) => all.indexOf(name) === index,
    );
  }, [answer]);
}

function GroupHeat({ label }: { label: string }) {
  const [everyMs, setEveryMs] = useState(5000);
  const answered = useAnswer(`by ${label}`, () => api.call('getFleet', { query: { by: label } }), {
    everyMs,
  });
  const cells = useMemo(() => {
    const items = answered.answer !== null && 'items' in answered.answer ? answered.answer.items : [];
    return orderGroups(
      items.map(({ value, devices, by_reachability: counts }) => ({
        kind: 'group',
        label,
        value,
        devices,
        counts,
      })),
    );
  }, [answered.answer, label]);
  // Ten thousands of values are megabytes.
  useEffect(() => setEveryMs(cells.length > 3000 ? 30_000 : 5000), [cells.length]);
  const hrefOf = (cell: HeatCell): string => {
    const { value } = cell as GroupCell;
    const { path } = place.value;
    if (value === null) return devicesPath({});
    if (label === 'model' || label === 'firmware') return devicesPath({ [label]: value });
    return `${path}?within=${encodeURIComponent(writeWithin({ label, value }))}`;
  };
  const shown = useMemo(() => ({ cells, starts: [] }), [cells]);
  return (
    <>
      <AnswerNote of={answered} what={`Devices by ${label}`} />
      {answered.answer !== null && cells.length === 0 && (
        <p class="empty">No device has the label {label}.</p>
      )}
      {cells.length > 0 && (
        <>
          <HeatGrid
            of={shown}
            label={`${formatCount(cells.length)} values of ${label}`}
            hrefOf={hrefOf}
            heightWanted={isWall.value ? WALL_HEIGHT : HEIGHT}
          />
          <Legend
            cells={cells}
            words={`${formatCount(cells.length)} squares, filled from below by what is missing`}
          />
        </>
      )}
    </>
  );
}

const NO_FILTER: Readonly<Record<`label.${string}`, string>> = {};

function DeviceHeat({ within }: { within: { label: string; value: string } | null }) {
  const [cells, setCells] = useState<DeviceCells | null>(null);
  const [progress, setProgress] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const [again, setAgain] = useState(0);
  const key = within === null ? '' : writeWithin(within);
  // When a path is no longer heard, or is again, all of its devices turn without a word in the feed.
  const down = pathsDown.value.join();
  const versions = `${lostVersion.value} ${sessionVersion.value} ${down} ${again}`;

  useEffect(() => setCells(null), [key]);
  useEffect(() => {
    let isWanted = true;
    const filter = within === null ? NO_FILTER : { [`label.${within.label}` as const]: within.value };
    readDeviceCells(filter, { onProgress: setProgress, isWanted: () => isWanted }).then(
      (read) => {
        if (!isWanted) return;
        setProblem(null);
        setCells(read);
      },
      (error: unknown) => {
        if (isWanted) setProblem(problemWords(error));
      },
    );
    const timer = setTimeout(() => setAgain((before) => before + 1), READ_AGAIN_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key, versions]);

  return (
    <>
      {problem !== null && (
        <p class="note note-bad" role="alert">
          {cells === null ? 'The devices cannot be shown.' : 'The squares may be old.'} {problem}{' '}
          <button type="button" onClick={() => setAgain(again + 1)}>
            Try again
          </button>
        </p>
      )}
      {cells === null && problem === null && <p class="note">Reading devices … {formatCount(progress)}</p>}
      {cells?.cells.length === 0 && <p class="empty">There is no device here.</p>}
      {cells !== null && cells.cells.length > 0 && (
        <>
          <HeatGrid
            of={cells}
            label={`${formatCount(cells.cells.length)} devices`}
            hrefOf={(cell) => (cell.kind === 'device' ? devicePath(cell.id) : '/')}
            heightWanted={isWall.value ? WALL_HEIGHT : HEIGHT}
          />
          <DeviceLegend cells={cells} />
        </>
      )}
    </>
  );
}

const RECOUNT_MS = 1000;

/** Counts of what the squares show, once a second at most. */
function DeviceLegend({ cells }: { cells: DeviceCells }) {
  const [, setCounted] = useState(0);
  useEffect(() => {
    let changed = false;
    const stop = cells.follow?.(() => {
      changed = true;
    });
    const timer = setInterval(() => {
      if (changed) setCounted((before) => before + 1);
      changed = false;
    }, RECOUNT_MS);
    return () => {
      stop?.();
      clearInterval(timer);
    };
  }, [cells]);
  const words = cells.isCut
    ? `the first ${formatCount(MOST_CELLS)} devices: choose a label to see all`
    : `${formatCount(cells.cells.length)} devices`;
  return <Legend cells={cells.cells} words={words} />;
}

function Legend({ cells, words }: { cells: readonly HeatCell[]; words: string }) {
  return (
    <p class="legend">
      {countCells(cells).map(({ status, count }) => (
        <span key={status} class={`cell-${status}`}>
          <StatusShape mark={status} /> {formatCount(count)} {status}
        </span>
      ))}
      <span>{words}</span>
    </p>
  );
}
