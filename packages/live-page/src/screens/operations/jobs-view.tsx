import { useState } from 'preact/hooks';
import { api } from '../../data/api.js';
import { isOperator } from '../../data/session.js';
import { useAnswer } from '../../data/use-answer.js';
import type { Page } from '../../data/use-pages.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { toast } from '../../parts/toasts.js';
import { formatCount, formatDateTime, formatShare, parseTime } from '../../words/format.js';
import { NewReplay } from './new-replay.js';
import type { Rebuild, Replay } from './operations-answers.js';

/** A job of minutes is watched while it runs. */
const REFRESH_MS = 3000;
const ROWS = '50';

/** Second passes over the log, and lanes whose state is made anew. */
export function JobsView() {
  return (
    <>
      <Replays />
      <Rebuilds />
    </>
  );
}

function Replays() {
  const asked = useAnswer<Page<Replay>>(
    'replays',
    () => api.call('getReplay', { query: { limit: ROWS } }) as unknown as Promise<Page<Replay>>,
    { everyMs: REFRESH_MS },
  );
  const [isAdding, setAdding] = useState(false);
  const add = isOperator.value && (
    <button type="button" onClick={() => setAdding(true)}>
      New replay
    </button>
  );
  return (
    <Panel title="Replays" aside={add}>
      <p class="hint">
        A replay applies a part of the log again beside the live stream: after a mapping was mended, say. It
        tells nobody anything, and doubles nothing.
      </p>
      <AnswerNote of={asked} what="Replays" />
      {asked.answer !== null && (
        <DataTable
          label="Replays"
          columns={replayColumns(asked.reload)}
          rows={asked.answer.items}
          keyOf={({ id }) => id}
          empty="Nothing was replayed."
        />
      )}
      {isAdding && <NewReplay onDone={asked.reload} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

const replayColumns = (reload: () => void): readonly Column<Replay>[] => [
  { title: 'From', cell: ({ from }) => formatDateTime(parseTime(from)) },
  {
    title: 'Until',
    isExtra: true,
    cell: ({ until }) => formatDateTime(parseTime(until)) ?? 'when it was asked for',
  },
  { title: 'State', cell: ({ state }) => state },
  {
    title: 'Passed',
    isNumber: true,
    cell: ({ passed_events: passed, waiting_events: waiting }) => (
      <>
        {formatCount(passed)} <small>{formatShare(passed, passed + waiting)}</small>
      </>
    ),
  },
  { title: 'Failed', isNumber: true, cell: ({ failed_events: failed }) => formatCount(failed) },
  { title: 'Reason', cell: ({ reason }) => reason },
  {
    title: 'Asked by',
    isExtra: true,
    cell: ({ asked_by: by, asked_at: at }) => (
      <>
        {by} <Age at={at} />
      </>
    ),
  },
  {
    title: 'Stop',
    cell: (replay) =>
      replay.state === 'running' && isOperator.value && <StopReplay replay={replay} onDone={reload} />,
  },
];

function StopReplay({ replay: { id }, onDone }: { replay: Replay; onDone: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const stop = async (): Promise<void> => {
    await api.call('postReplayByIdStop', { path: { id: String(id) }, body: {} });
    toast('The replay is being stopped.');
    onDone();
  };
  return (
    <>
      <button type="button" onClick={() => setAsked(true)}>
        Stop
      </button>
      {isAsked && (
        <ConfirmDialog
          title={`Stop replay ${id}?`}
          action="Stop it"
          onConfirm={stop}
          onClose={() => setAsked(false)}
        >
          <p>What it has applied so far stays. It cannot go on from there.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Rebuilds() {
  const asked = useAnswer<Page<Rebuild>>(
    'rebuilds',
    () => api.call('getRebuild', { query: { limit: ROWS } }) as unknown as Promise<Page<Rebuild>>,
    { everyMs: REFRESH_MS },
  );
  return (
    <Panel title="Rebuilds">
      <p class="hint">
        A rebuild clears the state of lanes and makes it anew from the log. It is asked for on the command
        line: <code>npm run cpemon -- rebuild --help</code>.
      </p>
      <AnswerNote of={asked} what="Rebuilds" />
      {asked.answer !== null && (
        <DataTable
          label="Rebuilds"
          columns={REBUILD_COLUMNS}
          rows={asked.answer.items}
          keyOf={({ id }) => id}
          empty="Nothing was rebuilt."
        />
      )}
    </Panel>
  );
}

const REBUILD_COLUMNS: readonly Column<Rebuild>[] = [
  { title: 'Lane', isNumber: true, cell: ({ lane, generation }) => `${generation}/${lane}` },
  { title: 'State', cell: ({ state, detail }) => [state, detail].filter(Boolean).join(': ') },
  {
    title: 'Applied',
    isNumber: true,
    cell: ({ applied_sequence: applied, until_sequence: until }) =>
      formatShare(applied, until) ?? formatCount(applied),
  },
  { title: 'Reason', cell: ({ reason }) => reason },
  {
    title: 'Asked by',
    isExtra: true,
    cell: ({ asked_by: by, asked_at: at }) => (
      <>
        {by} <Age at={at} />
      </>
    ),
  },
];
