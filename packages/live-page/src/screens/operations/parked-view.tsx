import { api } from '../../data/api.js';
import { usePages } from '../../data/use-pages.js';
import { devicePath } from '../../frame/url-state.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { MoreButton } from '../../parts/more-button.js';
import { Panel } from '../../parts/panel.js';
import { formatCount, formatDateTime, parseTime } from '../../words/format.js';
import type { ParkedDevice } from './operations-answers.js';
import { LIST_REFRESH_MS } from './refresh.js';

/** Devices whose events wait for one that cannot be applied. */
export function ParkedView() {
  const pages = usePages<ParkedDevice>('parked', (cursor) => api.call('getParked', { query: { cursor } }), {
    everyMs: LIST_REFRESH_MS,
  });
  return (
    <Panel title="Parked devices">
      <p class="hint">
        An event of each of them cannot be applied; it is tried again, and those behind it wait, so that their
        order holds. What is given up becomes a dead letter.
      </p>
      <AnswerNote of={pages.asked} what="Parked devices" />
      {pages.asked.answer !== null && (
        <DataTable
          label="Parked devices"
          columns={COLUMNS}
          rows={pages.items}
          keyOf={({ device }) => device}
          empty="No device waits."
        />
      )}
      <MoreButton of={pages} />
    </Panel>
  );
}

const COLUMNS: readonly Column<ParkedDevice>[] = [
  { title: 'Device', cell: ({ device }) => <a href={devicePath(device)}>{device}</a> },
  { title: 'Cause', cell: ({ cause }) => cause },
  { title: 'Since', isNumber: true, cell: ({ first_failed_at: at }) => <Age at={at} /> },
  { title: 'Attempts', isNumber: true, cell: ({ attempts }) => formatCount(attempts) },
  { title: 'Behind it', isNumber: true, cell: ({ events_behind: behind }) => formatCount(behind) },
  { title: 'Next attempt', isExtra: true, cell: ({ next_attempt_at: at }) => formatDateTime(parseTime(at)) },
];
