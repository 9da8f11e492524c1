import { fleet, pipeline } from '../../data/live.js';
import type { Ingest, Lane, Pipeline, Writer } from '../../data/figures.js';
import { Age } from '../../parts/age.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { formatCount, formatDuration, formatRate } from '../../words/format.js';

type Way = NonNullable<typeof fleet.value>['intake'][number];
type Silence = NonNullable<Pipeline['silences']>[number];

/** Where reports come from: ways in, who takes them in and who applies them, and what has fallen silent. */
export function SourcesView() {
  const told = pipeline.value;
  if (told === null || fleet.value === null) return <p class="empty">The stream has not told of them yet.</p>;
  return (
    <>
      <Panel title="Ways in">
        <DataTable
          label="Ways in"
          columns={WAYS}
          rows={fleet.value.intake}
          keyOf={({ path }) => path}
          empty="Nothing has come in yet."
        />
      </Panel>
      <Panel title="Silent sources and quiet models of the last day">
        <DataTable
          label="Silences"
          columns={SILENCES}
          rows={told.silences ?? []}
          keyOf={({ kind, name, since }) => `${kind} ${name} ${since}`}
          empty="None fell silent."
        />
      </Panel>
      <Panel title="Processes that take in">
        <DataTable
          label="Processes that take in"
          columns={INGESTS}
          rows={told.ingests}
          keyOf={({ process, path }) => `${process} ${path}`}
          empty="Nobody takes in."
        />
      </Panel>
      <Panel title="Writers">
        <DataTable
          label="Writers"
          columns={WRITERS}
          rows={told.writers}
          keyOf={({ member }) => member}
          empty="No writer runs: device states stand still."
        />
      </Panel>
      <Panel title="Lanes">
        <DataTable
          label="Lanes"
          columns={LANES}
          rows={told.lanes}
          keyOf={({ generation, lane }) => `${generation}/${lane}`}
        />
      </Panel>
    </>
  );
}

const WAYS: readonly Column<Way>[] = [
  { title: 'Way in', cell: ({ path }) => path },
  {
    title: 'State',
    cell: ({ accepting, silent_since: silent }) => {
      if (!accepting) return <StatusBadge mark="critical" text="nobody accepts" />;
      if (silent === null || silent === undefined) return <StatusBadge mark="ok" text="accepts" />;
      return (
        <>
          <StatusBadge mark="warning" text="silent" /> for <Age at={silent} plain />
        </>
      );
    },
  },
  { title: 'Accepted last', isNumber: true, cell: ({ accepted_at: at }) => <Age at={at} /> },
];

const SILENCES: readonly Column<Silence>[] = [
  { title: 'What', cell: ({ kind, name }) => `${kind} ${name}` },
  { title: 'Since', isNumber: true, cell: ({ since }) => <Age at={since} /> },
  { title: 'Until', isNumber: true, cell: ({ until }) => (until === null ? <b>now</b> : <Age at={until} />) },
  { title: 'Devices', isNumber: true, cell: ({ devices }) => formatCount(devices) },
  {
    title: 'Usual a minute',
    isNumber: true,
    isExtra: true,
    cell: ({ usual_per_minute: usual }) => formatRate(usual),
  },
  {
    title: 'New interval',
    isNumber: true,
    isExtra: true,
    cell: ({ new_interval_seconds: seconds }) => formatDuration(seconds),
  },
];

const INGESTS: readonly Column<Ingest>[] = [
  { title: 'Process', cell: ({ process, service }) => `${service} ${process}` },
  { title: 'Way in', cell: ({ path }) => path },
  {
    title: 'State',
    cell: ({ accepting }) => (
      <StatusBadge mark={accepting ? 'ok' : 'warning'} text={accepting ? 'accepts' : 'refuses'} />
    ),
  },
  { title: 'Heartbeat', isNumber: true, cell: ({ beat_at: at }) => <Age at={at} /> },
];

const WRITERS: readonly Column<Writer>[] = [
  { title: 'Writer', cell: ({ member, host }) => `${member} on ${host}` },
  { title: 'Version', isExtra: true, cell: ({ version }) => version },
  {
    title: 'Lanes',
    isNumber: true,
    cell: ({ lanes }) => formatCount(typeof lanes === 'number' ? lanes : lanes.length),
  },
  { title: 'Started', isNumber: true, cell: ({ started_at: at }) => <Age at={at} /> },
];

const LANES: readonly Column<Lane>[] = [
  { title: 'Lane', cell: ({ generation, lane }) => `${generation}/${lane}` },
  { title: 'Waiting', isNumber: true, cell: ({ lag_events: lag }) => formatCount(lag) },
  { title: 'Parked', isNumber: true, cell: ({ parked_events: parked }) => formatCount(parked) },
  { title: 'Dead letters', isNumber: true, cell: ({ dead_letters: dead }) => formatCount(dead) },
  { title: 'Owner', cell: ({ owner }) => owner ?? <b>nobody</b> },
  { title: 'Applied up to', isNumber: true, isExtra: true, cell: ({ watermark }) => <Age at={watermark} /> },
];
