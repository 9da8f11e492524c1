import { useState } from 'preact/hooks';
import { api } from '../../data/api.js';
import { isOperator } from '../../data/session.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { toast } from '../../parts/toasts.js';
import { formatDateTime, parseTime } from '../../words/format.js';
import type { Window } from './alert-answers.js';
import { matchWords, weeklyWords } from './alert-words.js';
import { NewWindow } from './new-window.js';
import { EndButton } from './plan-parts.js';
import { useAlertAnswer } from './use-alert-answer.js';

/** When nobody is told because work is planned, once or weekly. */
export function WindowsView() {
  const asked = useAlertAnswer<{ items: Window[] }>('windows', () => api.call('getMaintenanceWindows', {}));
  const [isAdding, setAdding] = useState(false);
  const end = async (id: string, reason: string): Promise<void> => {
    await api.call('postMaintenanceWindowsByIdEnd', { path: { id }, body: { reason } });
    toast('The window has ended.');
    asked.reload();
  };
  const add = isOperator.value && (
    <button type="button" onClick={() => setAdding(true)}>
      New window
    </button>
  );
  return (
    <Panel title="Maintenance windows" aside={add}>
      <AnswerNote of={asked} what="Maintenance windows" />
      {asked.answer !== null && (
        <DataTable
          label="Maintenance windows"
          columns={columnsOf(end)}
          rows={asked.answer.items}
          keyOf={({ id }) => id}
          empty="No window is planned."
        />
      )}
      {isAdding && <NewWindow onDone={asked.reload} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

const columnsOf = (end: (id: string, reason: string) => Promise<void>): readonly Column<Window>[] => [
  { title: 'Of what', cell: ({ match }) => matchWords(match) },
  {
    title: 'When',
    cell: ({ weekly, starts_at: from, ends_at: until, is_on: isOn }) => (
      <>
        {isOn && <b>now · </b>}
        {weekly === null
          ? `${formatDateTime(parseTime(from)) ?? ''} to ${formatDateTime(parseTime(until)) ?? ''}`
          : weeklyWords(weekly)}
      </>
    ),
  },
  { title: 'Reason', cell: ({ reason }) => reason },
  {
    title: 'Made by',
    isExtra: true,
    cell: ({ made_by: by, made_at: at }) => (
      <>
        {by} <Age at={at} />
      </>
    ),
  },
  {
    title: 'End',
    cell: ({ id, match }) =>
      isOperator.value && (
        <EndButton title={`End the window of ${matchWords(match)}?`} onEnd={(reason) => end(id, reason)} />
      ),
  },
];
