import { useEffect } from 'preact/hooks';
import { api } from '../../data/api.js';
import { fleet, lostVersion, observeClock, onChanges } from '../../data/live.js';
import { session } from '../../data/session.js';
import { useAnswer, useReloadOn } from '../../data/use-answer.js';
import { place, setQuery } from '../../frame/router.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { Panel } from '../../parts/panel.js';
import { formatCount } from '../../words/format.js';
import { HEALTHS, STATUSES } from '../../words/statuses.js';
import { DeviceTable } from './device-table.js';
import { chipsOf, exportHref, readFilters, readListQuery } from './list-filters.js';

const ASK_AGAIN_MS = 10_000;
/** Changes of many devices on the page are asked for once. */
const GATHER_MS = 800;
const ADMIN_STATES = ['in_service', 'maintenance', 'suspended', 'dormant', 'expected', 'retired'];

/** All devices that fit what the address says, a page at a time. */
export function DeviceList() {
  const { query } = place.value;
  const asked = readListQuery(query);
  const filters = readFilters(query);
  const answered = useAnswer(
    JSON.stringify(asked),
    async () => {
      const answer = await api.call('getDevices', { query: asked });
      observeClock(answer.as_of);
      return answer;
    },
    { everyMs: ASK_AGAIN_MS },
  );
  const { answer, reload } = answered;
  useReloadOnChange(answer?.items.map(({ id }) => id) ?? [], reload);
  useReloadOn(lostVersion.value, reload);
  const isFiltered = Object.keys(filters).length > 0;
  const isFirst = asked['cursor'] === undefined;
  const rows = answer?.items ?? [];

  return (
    <>
      <h1 class="for-readers">Devices</h1>
      <Panel
        title={filters['q'] === undefined ? 'Devices' : `Devices with “${filters['q']}”`}
        aside={
          <span class="hint">
            {answer !== null && (
              <>
                as of <Age at={answer.as_of} />
              </>
            )}
          </span>
        }
      >
        <Filters filters={filters} />
        <AnswerNote of={answered} what="Devices" />
        {answer !== null && (
          <DeviceTable
            rows={rows}
            sort={asked['sort']}
            empty={
              isFiltered ? (
                <>
                  No device fits. <a href="/devices">All devices</a>
                </>
              ) : (
                'There is no device yet.'
              )
            }
          />
        )}
        <nav class="pages" aria-label="Pages">
          <p role="status">
            {answer !== null &&
              `${formatCount(rows.length)} shown${isFiltered ? '' : ` of ${formatCount(fleet.value?.devices) ?? 'all'} in service`}`}
          </p>
          {session.value?.by !== 'token' && (
            <p class="exports">
              All that fit:{' '}
              <a href={exportHref(filters, 'csv')} download="devices.csv">
                CSV
              </a>{' '}
              <a href={exportHref(filters, 'ndjson')} download="devices.ndjson">
                NDJSON
              </a>
            </p>
          )}
          <button
            type="button"
            disabled={isFirst}
            onClick={() => setQuery({ cursor: '' }, { replace: false })}
          >
            First page
          </button>
          <button
            type="button"
            disabled={typeof answer?.next_cursor !== 'string'}
            onClick={() => {
              setQuery({ cursor: answer?.next_cursor ?? '' }, { replace: false });
              scrollTo(0, 0);
            }}
          >
            Next page
          </button>
        </nav>
      </Panel>
    </>
  );
}

/** Asks anew when something happens to a device that is shown. */
function useReloadOnChange(ids: readonly number[], reload: () => void): void {
  const key = ids.join();
  useEffect(() => {
    const shown = new Set(ids);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onChanges((changes) => {
      if (timer !== undefined || !changes.some(({ device_id: id }) => id !== null && shown.has(id))) return;
      timer = setTimeout(() => {
        timer = undefined;
        reload();
      }, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [key, reload]);
}

function Filters({ filters }: { filters: Readonly<Record<string, string>> }) {
  const choose = (name: string, value: string): void =>
    setQuery({ [name]: value, cursor: '' }, { replace: false });
  return (
    <div class="filters" role="group" aria-label="Filters">
      <Choice name="status" words={STATUSES} chosen={filters['status']} onChoose={choose} />
      <Choice name="health" words={HEALTHS} chosen={filters['health']} onChoose={choose} />
      <Choice name="admin_state" words={ADMIN_STATES} chosen={filters['admin_state']} onChoose={choose} />
      {chipsOf(filters).map(({ name, value }) => (
        <button
          key={name}
          type="button"
          class="chip"
          title="Take this filter away"
          onClick={() => choose(name, '')}
        >
          {name.replace(/^label\./, '')}: {value} <span aria-hidden="true">×</span>
          <span class="for-readers">, take away</span>
        </button>
      ))}
      {Object.keys(filters).length > 0 && <a href="/devices">No filters</a>}
    </div>
  );
}

function Choice(props: {
  name: string;
  words: readonly string[];
  chosen: string | undefined;
  onChoose: (name: string, value: string) => void;
}) {
  const { name, words, chosen = '', onChoose } = props;
  const title = name.replace('_', ' ');
  // An address may name several, with commas.
  const isOwn = chosen !== '' && !words.includes(chosen);
  return (
    <label>
      {title}{' '}
      <select value={chosen} onChange={({ currentTarget }) => onChoose(name, currentTarget.value)}>
        <option value="">any</option>
        {[...words, ...(isOwn ? [chosen] : [])].map((word) => (
          <option key={word} value={word}>
            {word.replaceAll('_', ' ').replaceAll(',', ', ')}
          </option>
        ))}
      </select>
    </label>
  );
}
