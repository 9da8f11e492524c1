import { useState } from 'preact/hooks';
import { api } from '../../data/api.js';
import { isOperator } from '../../data/session.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { toast } from '../../parts/toasts.js';
import { formatDateTime, parseTime } from '../../words/format.js';
import type { Silence } from './alert-answers.js';
import { matchWords, readMatch } from './alert-words.js';
import { MinutesChoice } from './minutes-choice.js';
import { EndButton, incomplete, MatchField } from './plan-parts.js';
import { useAlertAnswer } from './use-alert-answer.js';

/** What nobody is told of, until it ends. */
export function SilencesView() {
  const asked = useAlertAnswer<{ items: Silence[] }>('silences', () => api.call('getSilences', {}));
  const [isAdding, setAdding] = useState(false);
  const end = async (id: string, reason: string): Promise<void> => {
    await api.call('postSilencesByIdEnd', { path: { id }, body: { reason } });
    toast('The silence has ended.');
    asked.reload();
  };
  const add = isOperator.value && (
    <button type="button" onClick={() => setAdding(true)}>
      New silence
    </button>
  );
  return (
    <Panel title="Silences" aside={add}>
      <AnswerNote of={asked} what="Silences" />
      {asked.answer !== null && (
        <DataTable
          label="Silences"
          columns={columnsOf(end)}
          rows={asked.answer.items}
          keyOf={({ id }) => id}
          empty="Nothing is silenced."
        />
      )}
      {isAdding && <NewSilence onDone={asked.reload} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function NewSilence({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [text, setText] = useState('');
  const [minutes, setMinutes] = useState(240);
  const read = readMatch(text);
  const silence = async (reason: string): Promise<void> => {
    if (read.problem !== undefined) throw incomplete(read.problem);
    await api.call('postSilences', { body: { match: read.match, minutes, reason } });
    toast('Silenced.');
    onDone();
  };
  return (
    <ConfirmDialog
      title="Tell nobody of what matches?"
      action="Silence"
      wantsReason
      onConfirm={silence}
      onClose={onClose}
    >
      <MatchField text={text} onInput={setText} />
      {text !== '' && <p class="hint">{read.problem ?? `Nobody is told of ${matchWords(read.match)}.`}</p>}
      <MinutesChoice minutes={minutes} onChange={setMinutes} />
    </ConfirmDialog>
  );
}

const columnsOf = (end: (id: string, reason: string) => Promise<void>): readonly Column<Silence>[] => [
  { title: 'Of what', cell: ({ match }) => matchWords(match) },
  {
    title: 'Until',
    cell: ({ ends_at: endsAt, starts_at: startsAt }) => (
      <span title={`from ${formatDateTime(parseTime(startsAt)) ?? ''}`}>
        {formatDateTime(parseTime(endsAt))}
      </span>
    ),
  },
  { title: 'Reason', cell: ({ reason }) => reason },
  {
    title: 'Made by',
    isExtra: true,
    cell: ({ made_by: by, made_at: at }) => (
      <>
        {by} <Age at={at} />
      </>
    ),
  },
  {
    title: 'End',
    cell: ({ id, match }) =>
      isOperator.value && (
        <EndButton title={`Tell of ${matchWords(match)} again?`} onEnd={(reason) => end(id, reason)} />
      ),
  },
];
