import { useState } from 'preact/hooks';
import { api } from '../../data/api.js';
import { isOperator } from '../../data/session.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { toast } from '../../parts/toasts.js';
import type { Alert } from './alert-answers.js';
import { MinutesChoice } from './minutes-choice.js';

/** Acknowledge and silence, for operators. */
export function AlertActions({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  const [asked, setAsked] = useState<'acknowledge' | 'silence' | null>(null);
  if (!isOperator.value || alert.state === 'resolved') return null;
  const close = (): void => setAsked(null);
  return (
    <p class="actions alert-actions">
      {alert.acknowledged === null && (
        <button type="button" class="main" onClick={() => setAsked('acknowledge')}>
          Acknowledge
        </button>
      )}
      <button type="button" onClick={() => setAsked('silence')}>
        Silence
      </button>
      {asked === 'acknowledge' && <Acknowledge alert={alert} onDone={onDone} onClose={close} />}
      {asked === 'silence' && <SilenceIt alert={alert} onDone={onDone} onClose={close} />}
    </p>
  );
}

interface Asking {
  alert: Alert;
  onDone: () => void;
  onClose: () => void;
}

function Acknowledge({ alert: { id, summary }, onDone, onClose }: Asking) {
  const [note, setNote] = useState('');
  const acknowledge = async (): Promise<void> => {
    const body = note.trim() === '' ? {} : { note: note.trim() };
    await api.call('postAlertsByIdAcknowledge', { path: { id }, body });
    toast('Acknowledged. Others see that you look after it.');
    onDone();
  };
  return (
    <ConfirmDialog
      title="Look after this alert?"
      action="Acknowledge"
      onConfirm={acknowledge}
      onClose={onClose}
    >
      <p>{summary}</p>
      <p class="field">
        <label for="acknowledge-note">Note for the others (may be left out)</label>
        <input
          id="acknowledge-note"
          maxLength={255}
          autocomplete="off"
          value={note}
          onInput={({ currentTarget }) => setNote(currentTarget.value)}
        />
      </p>
    </ConfirmDialog>
  );
}

function SilenceIt({ alert, onDone, onClose }: Asking) {
  const [minutes, setMinutes] = useState(240);
  const of = alert.kind === 'device' ? alert.sn : `${alert.group?.label ?? ''} ${alert.group?.value ?? ''}`;
  const silence = async (reason: string): Promise<void> => {
    await api.call('postAlertsByIdSilence', { path: { id: alert.id }, body: { minutes, reason } });
    toast('Silenced.');
    onDone();
  };
  return (
    <ConfirmDialog
      title="Tell nobody of this alert?"
      action="Silence"
      wantsReason
      onConfirm={silence}
      onClose={onClose}
    >
      <p>
        Nobody is told of rule {alert.rule} at {of} meanwhile. It is told once the silence ends, if it still
        holds.
      </p>
      <MinutesChoice minutes={minutes} onChange={setMinutes} />
    </ConfirmDialog>
  );
}
