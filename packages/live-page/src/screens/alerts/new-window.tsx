import { useState } from 'preact/hooks';
import { api } from '../../data/api.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { toast } from '../../parts/toasts.js';
import { matchWords, readMatch, weeklyWords } from './alert-words.js';
import { incomplete, MatchField } from './plan-parts.js';
import { WEEKDAYS, windowTimes, type Weekday, type WrittenWindow } from './window-request.js';

const NEW: WrittenWindow = {
  ...{ isWeekly: false, startsAt: '', endsAt: '', days: [], from: '02:00', minutes: 240 },
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
};

/** Plans a maintenance window, once or weekly. */
export function NewWindow({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [text, setText] = useState('');
  const [written, setWritten] = useState(NEW);
  const change = (changes: Partial<WrittenWindow>): void =>
    setWritten((before) => ({ ...before, ...changes }));
  const read = readMatch(text);
  const when = windowTimes(written);
  const plan = async (reason: string): Promise<void> => {
    if (read.problem !== undefined) throw incomplete(read.problem);
    if (when.problem !== undefined) throw incomplete(when.problem);
    await api.call('postMaintenanceWindows', { body: { match: read.match, reason, ...when.times } });
    toast('The window is planned.');
    onDone();
  };
  return (
    <ConfirmDialog
      title="New maintenance window"
      action="Plan it"
      wantsReason
      onConfirm={plan}
      onClose={onClose}
    >
      <MatchField text={text} onInput={setText} />
      <p class="choices" role="group" aria-label="How often">
        <button type="button" aria-pressed={!written.isWeekly} onClick={() => change({ isWeekly: false })}>
          Once
        </button>
        <button type="button" aria-pressed={written.isWeekly} onClick={() => change({ isWeekly: true })}>
          Weekly
        </button>
      </p>
      {written.isWeekly ? (
        <Weekly written={written} change={change} />
      ) : (
        <Once written={written} change={change} />
      )}
      <p class="hint" role="status">
        {read.problem ??
          (when.problem === undefined ? sentence(matchWords(read.match), when.times.weekly) : when.problem)}
      </p>
    </ConfirmDialog>
  );
}

const sentence = (what: string, weekly: Parameters<typeof weeklyWords>[0] | undefined): string =>
  `Nobody is told of ${what}${weekly === undefined ? ' meanwhile' : ` ${weeklyWords(weekly)}`}.`;

interface Part {
  written: WrittenWindow;
  change: (changes: Partial<WrittenWindow>) => void;
}

function Once({ written: { startsAt, endsAt }, change }: Part) {
  return (
    <div class="field-pair">
      <p class="field">
        <label for="window-begins">Begins (now, unless said)</label>
        <input
          id="window-begins"
          type="datetime-local"
          value={startsAt}
          onInput={({ currentTarget }) => change({ startsAt: currentTarget.value })}
        />
      </p>
      <p class="field">
        <label for="window-ends">Ends</label>
        <input
          id="window-ends"
          type="datetime-local"
          required
          value={endsAt}
          onInput={({ currentTarget }) => change({ endsAt: currentTarget.value })}
        />
      </p>
    </div>
  );
}

function Weekly({ written: { days, from, minutes, timeZone }, change }: Part) {
  const toggled = (day: Weekday): Weekday[] =>
    days.includes(day) ? days.filter((each) => each !== day) : [...days, day];
  return (
    <>
      <fieldset class="days">
        <legend>Days</legend>
        {WEEKDAYS.map((day) => (
          <label key={day}>
            <input
              type="checkbox"
              checked={days.includes(day)}
              onChange={() => change({ days: toggled(day) })}
            />{' '}
            {day}
          </label>
        ))}
      </fieldset>
      <div class="field-pair">
        <p class="field">
          <label for="window-from">From</label>
          <input
            id="window-from"
            type="time"
            required
            value={from}
            onInput={({ currentTarget }) => change({ from: currentTarget.value })}
          />
        </p>
        <p class="field">
          <label for="window-minutes">Minutes</label>
          <input
            id="window-minutes"
            type="number"
            required
            min={1}
            max={1440}
            value={minutes}
            onInput={({ currentTarget }) => change({ minutes: currentTarget.valueAsNumber })}
          />
        </p>
        <p class="field">
          <label for="window-zone">Time zone</label>
          <input
            id="window-zone"
            required
            value={timeZone}
            onInput={({ currentTarget }) => change({ timeZone: currentTarget.value })}
          />
        </p>
      </div>
    </>
  );
}
