import { metricLabel, readingText, unitOfMetric } from '../../charts/readings.js';
import type { Answered } from '../../data/use-answer.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { StatusBadge, StatusShape } from '../../parts/status-badge.js';
import { formatDuration, NOTHING } from '../../words/format.js';
import type { DeviceAnswer } from './device-answer.js';
import { ruleWords, STATE_WORDS } from './rule-words.js';
import type { Judgement } from './use-judgement.js';

/** Why its status is what it is: what is expected of each source, and how each health rule stands. */
export function DeviceWhy({ device, judged }: { device: DeviceAnswer; judged: Answered<Judgement> }) {
  const units = new Map(Object.entries(device.metrics).map(([metric, { unit }]) => [metric, unit]));
  return (
    <Panel title="Why this status">
      <h3>
        Reachability: <StatusBadge mark={device.reachability} />
      </h3>
      <p>
        {device.reason}, since <Age at={device.since} />. A device is as late as the least late of its
        sources: stale when a report is half an interval overdue, offline when two are missing.
      </p>
      <DataTable
        label="Sources"
        columns={SOURCES}
        rows={device.sources}
        keyOf={({ source }) => source}
        empty="No source has reported."
      />
      <h3>
        Health: <StatusBadge mark={device.health} />
      </h3>
      <AnswerNote of={judged} what="The rules" />
      {judged.answer !== null && <Rules judged={judged.answer} units={units} />}
    </Panel>
  );
}

function Rules({ judged, units }: { judged: Judgement; units: ReadonlyMap<string, string> }) {
  const { rules, usual, rule_set: set } = judged;
  if (set === null) return <p class="hint">Nothing is judged: no writer has health rules.</p>;
  const read = rules.filter(({ state }) => state !== 'no_reading');
  const unread = rules.length - read.length;
  const unitOf = (metric: string): string => units.get(metric) ?? unitOfMetric(metric);
  return (
    <>
      <ul class="rules">
        {read.map((rule) => (
          <li key={rule.rule} class={`rule rule-${rule.state}`}>
            <StatusShape
              mark={rule.state === 'open' ? rule.severity : rule.state === 'clear' ? 'ok' : 'unknown'}
            />
            <span>
              <b>{rule.rule}</b> {STATE_WORDS[rule.state] ?? rule.state}
              {rule.since !== null && (
                <>
                  {' '}
                  since <Age at={rule.since} />
                </>
              )}
              <small> {ruleWords(rule, unitOf(rule.metric))}</small>
            </span>
          </li>
        ))}
      </ul>
      {unread > 0 && (
        <p class="hint">
          {unread} {unread === 1 ? 'rule is' : 'rules are'} about readings that this device does not tell.
        </p>
      )}
      {Object.keys(usual).length > 0 && (
        <p class="hint">
          Usual for it:{' '}
          {Object.entries(usual)
            .map(([metric, { value, days }]) => {
              const reading = readingText(metric, value, unitOf(metric));
              return `${metricLabel(metric)} ${reading} (median of ${days} days)`;
            })
            .join(', ')}
          .
        </p>
      )}
      <p class="hint">
        Rules {set.version}, taken up <Age at={set.loaded_at} />.
      </p>
    </>
  );
}

type Source = DeviceAnswer['sources'][number];

const SOURCES: readonly Column<Source>[] = [
  { title: 'Source', cell: ({ source }) => source },
  { title: 'Heard last', isNumber: true, cell: ({ last_seen: at }) => <Age at={at} /> },
  { title: 'Expected every', isNumber: true, cell: expectation },
  { title: 'Clock is off by', isNumber: true, isExtra: true, cell: skew },
];

function expectation({
  source,
  declared_interval_seconds: declared,
  learnt_interval_seconds: learnt,
}: Source): string {
  if (source.startsWith('/observation/')) return 'tells when it sees something';
  if (declared !== null) return `${formatDuration(declared)} (declared)`;
  return learnt === null ? 'not known yet' : `${formatDuration(learnt)} (learnt)`;
}

function skew({ clock_skew_seconds: seconds }: Source): string {
  if (seconds === null) return NOTHING;
  if (Math.abs(seconds) < 1) return 'under 1 s';
  return `${formatDuration(Math.abs(seconds))} ${seconds > 0 ? 'ahead' : 'behind'}`;
}
