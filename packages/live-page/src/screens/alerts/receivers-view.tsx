import { api } from '../../data/api.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { formatCount } from '../../words/format.js';
import type { Receiver } from './alert-answers.js';
import { useAlertAnswer } from './use-alert-answer.js';

const MARKS = { ok: 'ok', failing: 'warning', dead: 'critical' } as const;

/** Who is told, and whether they take it. */
export function ReceiversView() {
  const asked = useAlertAnswer<{ items: Receiver[] }>('receivers', () => api.call('getAlertReceivers', {}));
  return (
    <Panel title="Receivers">
      <AnswerNote of={asked} what="Receivers" />
      {asked.answer !== null && (
        <DataTable
          label="Receivers"
          columns={COLUMNS}
          rows={asked.answer.items}
          keyOf={({ name }) => name}
          empty="Nobody is told: ALERTS_FILE of the writers names no receiver that anything was sent to."
        />
      )}
    </Panel>
  );
}

const COLUMNS: readonly Column<Receiver>[] = [
  { title: 'Receiver', cell: ({ name }) => name },
  { title: 'State', cell: ({ state }) => <StatusBadge mark={MARKS[state]} text={state} /> },
  { title: 'Waiting', isNumber: true, cell: ({ waiting }) => formatCount(waiting) },
  { title: 'Oldest waits since', isNumber: true, cell: ({ oldest_waiting_at: at }) => <Age at={at} /> },
  { title: 'Given up', isNumber: true, cell: ({ given_up: count }) => formatCount(count) },
  { title: 'Last taken', isNumber: true, isExtra: true, cell: ({ last_ok_at: at }) => <Age at={at} /> },
  { title: 'Last error', isExtra: true, cell: ({ last_error: error }) => error ?? '' },
];
