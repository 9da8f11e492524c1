import { api } from '../../data/api.js';
import { usePages } from '../../data/use-pages.js';
import { place, setQuery } from '../../frame/router.js';
import { devicePath } from '../../frame/url-state.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { MoreButton } from '../../parts/more-button.js';
import { Panel } from '../../parts/panel.js';
import { DeadLetterWish, ManyWishes } from './dead-letter-wishes.js';
import { filterOfQuery, isOpen, REASONS, STATES, type DeadLetterFilter } from './dead-letter-words.js';
import type { DeadLetter } from './operations-answers.js';
import { LIST_REFRESH_MS } from './refresh.js';

/** Events that were given up, and what to do about them. */
export function DeadLettersView() {
  const filter = filterOfQuery(place.value.query);
  const pages = usePages<DeadLetter>(
    `dead letters ${JSON.stringify(filter)}`,
    (cursor) => api.call('getDeadLetters', { query: { ...filter, cursor } }),
    { everyMs: LIST_REFRESH_MS },
  );
  const { asked, items } = pages;
  return (
    <Panel title="Dead letters" aside={<ManyWishes filter={filter} onDone={asked.reload} />}>
      <p class="hint">
        Events that were accepted and could not be applied again and again. Once the cause is mended they can
        be applied after all, in their old place; discarded ones have no effect. Nothing is lost meanwhile.
      </p>
      <Filters filter={filter} />
      <AnswerNote of={asked} what="Dead letters" />
      {asked.answer !== null && (
        <DataTable
          label="Dead letters"
          columns={columnsOf(asked.reload)}
          rows={items}
          keyOf={({ position }) => position}
          empty={filter.state === 'dead' ? 'No event was given up.' : 'None fits.'}
        />
      )}
      <MoreButton of={pages} />
    </Panel>
  );
}

function Filters({ filter }: { filter: DeadLetterFilter }) {
  return (
    <p class="filters">
      <select
        aria-label="State"
        value={filter.state ?? 'all'}
        onChange={({ currentTarget }) => setQuery({ state: currentTarget.value })}
      >
        {Object.entries(STATES).map(([state, words]) => (
          <option key={state} value={state}>
            {words}
          </option>
        ))}
        <option value="all">every state</option>
      </select>
      <select
        aria-label="Reason"
        value={filter.reason ?? ''}
        onChange={({ currentTarget }) => setQuery({ reason: currentTarget.value })}
      >
        <option value="">every reason</option>
        {Object.entries(REASONS).map(([reason, words]) => (
          <option key={reason} value={reason}>
            {words}
          </option>
        ))}
      </select>
      {(['device', 'cause'] as const).map((name) => (
        <input
          key={name}
          type="search"
          aria-label={name === 'device' ? 'Serial number' : 'Part of the cause'}
          placeholder={name === 'device' ? 'Serial number' : 'Part of the cause'}
          value={filter[name] ?? ''}
          onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value })}
        />
      ))}
    </p>
  );
}

const columnsOf = (reload: () => void): readonly Column<DeadLetter>[] => [
  {
    title: 'Cause',
    cell: ({ position, cause, reason }) => (
      <>
        <a href={`/operations/dead-letters/${position}`}>{cause}</a> <small>{REASONS[reason]}</small>
      </>
    ),
  },
  { title: 'Device', cell: ({ device }) => <a href={devicePath(device)}>{device}</a> },
  { title: 'Type', isExtra: true, cell: ({ type }) => type },
  { title: 'Given up', isNumber: true, cell: ({ dead_at: at }) => <Age at={at} /> },
  { title: 'Received', isNumber: true, isExtra: true, cell: ({ received_at: at }) => <Age at={at} /> },
  {
    title: 'State',
    cell: (letter) =>
      isOpen(letter) ? <DeadLetterWish letter={letter} onDone={reload} /> : STATES[letter.state],
  },
];
