import { useState } from 'preact/hooks';
import type { Operations } from '@cpemon/api-client';
import { api } from '../../data/api.js';
import { useAnswer } from '../../data/use-answer.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import type { DeviceAnswer } from './device-answer.js';

type Raw = Operations['getDevicesByIdRaw']['answer'];
type Value = Raw['items'][number];

/** More than this nobody reads, and a phone would not scroll. */
const MOST_SHOWN = 300;

/** The last report of each source as it came: asked for when it is opened. */
export function DeviceRaw({ device }: { device: DeviceAnswer }) {
  const [isOpen, setOpen] = useState(false);
  const asked = useAnswer(isOpen ? `raw ${device.id}` : null, () =>
    api.call('getDevicesByIdRaw', { path: { id: String(device.id) } }),
  );
  return (
    <details class="panel raw" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <h2>Last reports as they came</h2>
      </summary>
      {isOpen && <AnswerNote of={asked} what="The reports" />}
      {asked.answer !== null && <Reports raw={asked.answer} reload={asked.reload} />}
    </details>
  );
}

function Reports({ raw: { items, reports, reason }, reload }: { raw: Raw; reload: () => void }) {
  const [part, setPart] = useState('');
  const wanted = part.trim().toLowerCase();
  const found = items.filter(({ path, value }) => `${path}\n${value}`.toLowerCase().includes(wanted));
  return (
    <>
      {reason !== null && <p class="note">{reason}</p>}
      {reports.map(({ source, received_at: at, type, event_codes: codes, data }) => (
        <section key={source} class="raw-report">
          <h3>
            {source} · {type} · <Age at={at} />
          </h3>
          {codes.length > 0 && <p class="hint">{codes.join(', ')}</p>}
          <pre tabIndex={0}>{JSON.stringify(data, null, 1)}</pre>
        </section>
      ))}
      <p class="raw-tools">
        <input
          type="search"
          aria-label="Search parameters"
          placeholder="Parameter or value"
          value={part}
          onInput={({ currentTarget }) => setPart(currentTarget.value)}
        />{' '}
        <button type="button" onClick={reload}>
          Read again
        </button>
      </p>
      <DataTable
        label="Parameters"
        columns={COLUMNS}
        rows={found.slice(0, MOST_SHOWN)}
        keyOf={({ path, source }) => `${source} ${path}`}
        empty={items.length === 0 ? 'No parameters came with it.' : 'No parameter fits.'}
      />
      {found.length > MOST_SHOWN && (
        <p class="hint">
          {MOST_SHOWN} of {found.length} are shown: search for a part.
        </p>
      )}
    </>
  );
}

const COLUMNS: readonly Column<Value>[] = [
  { title: 'Parameter', cell: ({ path }) => <code>{path}</code> },
  { title: 'Value', cell: ({ value }) => <code>{value}</code> },
  { title: 'Type', isExtra: true, cell: ({ type }) => type ?? '' },
  { title: 'Age', isNumber: true, cell: ({ received_at: at }) => <Age at={at} /> },
  { title: 'Source', isExtra: true, cell: ({ source }) => source },
];
