import { api } from '../../data/api.js';
import { usePages } from '../../data/use-pages.js';
import { place, setQuery } from '../../frame/router.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { MoreButton } from '../../parts/more-button.js';
import { Panel } from '../../parts/panel.js';
import type { AuditEntry } from './operations-answers.js';
import { LIST_REFRESH_MS } from './refresh.js';

/** Who did what, and why, newest first. */
export function AuditView() {
  const { query } = place.value;
  const [actor, action] = [query.get('actor') ?? '', query.get('action') ?? ''];
  const pages = usePages<AuditEntry>(
    `audit ${actor} ${action}`,
    (cursor) =>
      api.call('getAudit', {
        query: { cursor, ...(actor === '' ? {} : { actor }), ...(action === '' ? {} : { action }) },
      }),
    { everyMs: LIST_REFRESH_MS },
  );
  return (
    <Panel title="Audit">
      <p class="filters">
        <input
          type="search"
          aria-label="Who"
          placeholder="Who"
          value={actor}
          onChange={({ currentTarget }) => setQuery({ actor: currentTarget.value.trim() })}
        />
        <input
          type="search"
          aria-label="What was done"
          placeholder="What, such as silences.add"
          value={action}
          onChange={({ currentTarget }) => setQuery({ action: currentTarget.value.trim() })}
        />
      </p>
      <AnswerNote of={pages.asked} what="The audit" />
      {pages.asked.answer !== null && (
        <DataTable
          label="Audit"
          columns={COLUMNS}
          rows={pages.items}
          keyOf={({ id }) => id}
          empty="Nobody has done anything of this kind."
        />
      )}
      <MoreButton of={pages} />
    </Panel>
  );
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: 'When', cell: ({ at }) => <Age at={at} /> },
  { title: 'Who', cell: ({ actor }) => actor },
  {
    title: 'What',
    cell: ({ action, outcome }) => (
      <>
        <code>{action}</code>
        {outcome === 'refused' && <b> refused</b>}
      </>
    ),
  },
  { title: 'To what', cell: ({ target }) => target },
  {
    title: 'Detail',
    isExtra: true,
    cell: ({ detail }) => <code class="detail">{JSON.stringify(detail)}</code>,
  },
];
