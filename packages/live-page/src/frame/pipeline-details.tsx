import type { Pipeline } from '../data/figures.js';
import { databaseNow, fleet } from '../data/live.js';
import { Age } from '../parts/age.js';
import { DataTable } from '../parts/data-table.js';
import { StatusBadge } from '../parts/status-badge.js';
import { formatCount, NOTHING } from '../words/format.js';
import { groupIngests, intakeWords, writerLetters } from './pipeline-words.js';

/** Who applies events and who takes them in, lane by lane. */
export function PipelineDetails({ shown }: { shown: Pipeline }) {
  const { totals, writers, lanes, ingests } = shown;
  const letters = writerLetters(writers.map(({ member }) => member));
  const down = (fleet.value?.intake ?? []).filter(({ accepting }) => !accepting);
  const silences = (shown.silences ?? []).filter(({ until }) => until === null);
  const counters = [
    ['accepted', totals.accepted],
    ['applied', totals.applied],
    ['duplicates', totals.duplicates],
    ['late', totals.late],
    ['quarantined', totals.quarantined],
    ['parked devices', totals.parked_devices],
    ['parked events', totals.parked_events],
    ['given up', totals.dead_letters],
    ['discarded', totals.discarded],
    ['skipped', totals.skipped],
  ] as const;
  return (
    <>
      <dl class="counters" aria-label="Counters">
        {counters.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{formatCount(value)}</dd>
          </div>
        ))}
      </dl>
      <div class="processes">
        <section aria-label="Writers">
          <h3>Writers</h3>
          {writers.length === 0 && <p class="mark-offline">No writer is running.</p>}
          <ul>
            {writers.map(({ member, version, started_at: startedAt, lanes: owned }) => (
              <li key={member}>
                <b>{letters.get(member)}</b> {member}{' '}
                <small>
                  {Array.isArray(owned) ? owned.length : owned} lanes, started <Age at={startedAt} />, v
                  {version}
                </small>
              </li>
            ))}
          </ul>
        </section>
        <section aria-label="Intake">
          <h3>Intake</h3>
          <ul>
            {down.map(({ path, accepted_at: acceptedAt }) => (
              <li key={path}>
                <StatusBadge mark="offline" text={`nobody accepts ${path}`} />{' '}
                <small>
                  last <Age at={acceptedAt} />
                </small>
              </li>
            ))}
            {silences.map(({ kind, name, since, devices }) => (
              <li key={`${kind} ${name}`}>
                <StatusBadge mark="unknown" text={`${kind} ${name} is silent`} />{' '}
                <small>
                  since <Age at={since} />, {formatCount(devices)} devices
                </small>
              </li>
            ))}
            {groupIngests(ingests).map((group) => {
              const { mark, words } = intakeWords(group, databaseNow.value);
              return (
                <li key={`${group.process} ${String(group.accepting)}`}>
                  <StatusBadge mark={mark} text={words} /> {group.process}{' '}
                  <small>{group.paths.join(', ')}</small>
                </li>
              );
            })}
          </ul>
        </section>
      </div>
      <DataTable
        label="Lanes"
        rows={lanes}
        keyOf={({ generation, lane }) => `${generation}.${lane}`}
        columns={[
          { title: 'Lane', cell: ({ lane }) => lane },
          {
            title: 'Writer',
            cell: ({ owner }) =>
              owner === null ? <span class="mark-offline">none</span> : (letters.get(owner) ?? owner),
          },
          { title: 'Waiting', isNumber: true, cell: ({ lag_events: lag }) => formatCount(lag) },
          { title: 'Parked', isNumber: true, cell: ({ parked_events: parked }) => formatCount(parked) },
          { title: 'Given up', isNumber: true, cell: ({ dead_letters: dead }) => formatCount(dead) },
          { title: 'Head', isNumber: true, isExtra: true, cell: ({ head }) => formatCount(head) },
          { title: 'Offset', isNumber: true, isExtra: true, cell: ({ offset }) => formatCount(offset) },
          {
            title: 'Epoch',
            isNumber: true,
            isExtra: true,
            cell: ({ epoch }) => formatCount(epoch) ?? NOTHING,
          },
        ]}
      />
    </>
  );
}
