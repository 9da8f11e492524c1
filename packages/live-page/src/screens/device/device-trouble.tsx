import { api } from '../../data/api.js';
import { useAnswer } from '../../data/use-answer.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { Panel } from '../../parts/panel.js';
import { StatusShape } from '../../parts/status-badge.js';
import { formatDuration } from '../../words/format.js';
import { changesBefore, LOOKED_AHEAD_MS, LOOKED_BACK_MS } from './changes-before.js';
import type { DeviceAnswer } from './device-answer.js';
import { timelineWords } from './timeline-words.js';
import { useReloadOn } from './use-changes-of.js';
import { isHealthFrozen, wentWrongAt, whatIsWrong, type Severity, type Trouble } from './what-is-wrong.js';

const MARKS = { critical: 'critical', warning: 'warning', note: 'unknown' } as const satisfies Record<
  Severity,
  string
>;

/** What is wrong with the device, why and since when, and what changed right before. */
export function DeviceTrouble({ device, version }: { device: DeviceAnswer; version: number }) {
  const troubles = whatIsWrong(device);
  const wrongAt = wentWrongAt(device);
  return (
    <Panel title="What is wrong" kind="trouble">
      {wrongAt === null && (
        <p class="all-well">
          <StatusShape mark={device.health === 'unknown' ? 'unknown' : 'ok'} />{' '}
          {device.health === 'unknown'
            ? 'It reports on time. No rule has had a value to judge its health by.'
            : 'Nothing: it reports on time, and no rule finds anything.'}
        </p>
      )}
      {troubles.length > 0 && (
        <ul class="troubles" aria-label="What is wrong">
          {troubles.map((trouble) => (
            <TroubleRow key={trouble.rule ?? trouble.title} trouble={trouble} />
          ))}
        </ul>
      )}
      {isHealthFrozen(device) && (
        <p class="hint">Its health is as it was when it was heard last, and may be another by now.</p>
      )}
      {wrongAt !== null && <Before device={device} wrongAt={wrongAt} version={version} />}
    </Panel>
  );
}

function TroubleRow({ trouble: { severity, title, detail, since, rule } }: { trouble: Trouble }) {
  return (
    <li class={`trouble-row trouble-${severity}`}>
      <StatusShape mark={MARKS[severity]} />
      <div>
        <p class="trouble-title">
          <span class="for-readers">{severity}: </span>
          {title}
        </p>
        <p class="hint">
          {[detail, rule !== null && `rule ${rule}`].filter(Boolean).join(' · ')}
          {since !== null && (
            <>
              {detail !== null || rule !== null ? ' · ' : ''}
              for <Age at={new Date(since).toISOString()} plain />
            </>
          )}
        </p>
      </div>
    </li>
  );
}

const ROWS = 100;

function Before({ device, wrongAt, version }: { device: DeviceAnswer; wrongAt: number; version: number }) {
  const asked = useAnswer(`before ${device.id} ${wrongAt}`, () =>
    api.call('getDevicesByIdEvents', {
      path: { id: String(device.id) },
      query: {
        from: new Date(wrongAt - LOOKED_BACK_MS).toISOString(),
        until: new Date(wrongAt + LOOKED_AHEAD_MS + 1).toISOString(),
        limit: String(ROWS),
      },
    }),
  );
  useReloadOn(version, asked.reload);
  const changes = asked.answer === null ? [] : changesBefore(asked.answer.items, wrongAt);
  return (
    <section aria-labelledby="before-title">
      <h3 id="before-title">What changed before</h3>
      <AnswerNote of={asked} what="What changed before" />
      {asked.answer !== null && changes.length === 0 && (
        <p class="hint">
          Nothing that is known: no restart, firmware, address or observation in the day before.
        </p>
      )}
      <ul class="before">
        {changes.map(({ item, beforeMs }) => {
          const { title, detail } = timelineWords(item);
          const seconds = Math.abs(beforeMs) / 1000;
          return (
            <li key={`${item.at} ${item.type} ${title}`}>
              <b>{title}</b> <span>{detail}</span>{' '}
              <small>
                {formatDuration(Math.round(seconds))} {beforeMs >= 0 ? 'before' : 'after'}
              </small>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
