import { useEffect, useState } from 'preact/hooks';
import { api, problemWords } from '../../data/api.js';
import { useAnswer } from '../../data/use-answer.js';
import { place, setQuery } from '../../frame/router.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { Panel } from '../../parts/panel.js';
import { StatusShape } from '../../parts/status-badge.js';
import type { Mark } from '../../words/statuses.js';
import type { DeviceAnswer, TimelineItem } from './device-answer.js';
import { keyOfItem, mergeTimeline } from './merge-timeline.js';
import { KIND_WORDS, timelineWords, type Tone } from './timeline-words.js';
import { useReloadOn } from './use-changes-of.js';

const ROWS = 50;
const MARKS: Readonly<Record<Tone, Mark | null>> = {
  ...{ good: 'ok', warning: 'warning', critical: 'critical', neutral: null },
};

/** What happened to the device, newest first, as far back as it is kept. */
export function DeviceTimeline({ device, version }: { device: DeviceAnswer; version: number }) {
  const kind = place.value.query.get('kind') ?? '';
  const of = `${device.id} ${kind}`;
  const ask = (cursor?: string) =>
    api.call('getDevicesByIdEvents', {
      path: { id: String(device.id) },
      query: { limit: String(ROWS), ...(kind === '' ? {} : { kind }), cursor },
    });
  const asked = useAnswer(`timeline ${of}`, () => ask());
  useReloadOn(version, asked.reload);
  const [kept, setKept] = useState<{ of: string; items: TimelineItem[]; next: string | null }>();
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    const { answer } = asked;
    if (answer === null) return;
    setKept((before) =>
      before?.of === of
        ? { ...before, items: mergeTimeline(before.items, answer.items) }
        : { of, items: answer.items, next: answer.next_cursor },
    );
  }, [asked.answer]);

  const more = async (cursor: string): Promise<void> => {
    setProblem(null);
    try {
      const { items, next_cursor: next } = await ask(cursor);
      setKept((before) =>
        before?.of === of ? { of, next, items: mergeTimeline(before.items, items) } : before,
      );
    } catch (error) {
      setProblem(problemWords(error));
    }
  };

  const shown = kept?.of === of ? kept : undefined;
  return (
    <Panel title="Timeline" aside={<KindChoice kind={kind} />}>
      <AnswerNote of={asked} what="The timeline" />
      {shown?.items.length === 0 && (
        <p class="empty">
          {kind === '' ? 'Nothing has happened yet.' : 'Nothing of this kind has happened.'}
        </p>
      )}
      <ol class="timeline">
        {shown?.items.map((item) => (
          <TimelineRow key={keyOfItem(item)} item={item} />
        ))}
      </ol>
      {problem !== null && (
        <p class="note note-bad" role="alert">
          {problem}
        </p>
      )}
      {shown !== undefined && shown.next !== null && (
        <button type="button" onClick={() => void more(shown.next!)}>
          Older
        </button>
      )}
    </Panel>
  );
}

function KindChoice({ kind }: { kind: string }) {
  return (
    <select
      aria-label="Kind of what happened"
      value={kind}
      onChange={({ currentTarget }) => setQuery({ kind: currentTarget.value })}
    >
      <option value="">Everything</option>
      {Object.entries(KIND_WORDS).map(([name, words]) => (
        <option key={name} value={name}>
          {words}
        </option>
      ))}
    </select>
  );
}

function TimelineRow({ item }: { item: TimelineItem }) {
  const { title, detail, tone } = timelineWords(item);
  const mark = MARKS[tone];
  return (
    <li class={`tone-${tone}`}>
      {mark === null ? <span class="timeline-dot" aria-hidden="true" /> : <StatusShape mark={mark} />}
      <span class="timeline-text">
        {title}
        {detail !== null && <small> {detail}</small>}
      </span>
      <Age at={item.at} />
    </li>
  );
}
