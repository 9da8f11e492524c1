import { useState } from 'preact/hooks';
import { ApiProblem, api } from '../../data/api.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { toast } from '../../parts/toasts.js';

/** Asks for a part of the log to be applied again. */
export function NewReplay({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const replay = async (reason: string): Promise<void> => {
    const [begins, ends] = [new Date(from), until === '' ? null : new Date(until)];
    if (Number.isNaN(begins.getTime())) throw new ApiProblem(400, 'incomplete', 'Say from when on.', null);
    await api.call('postReplay', {
      body: { from: begins.toISOString(), reason, ...(ends === null ? {} : { until: ends.toISOString() }) },
    });
    toast('The replay has been asked for.');
    onDone();
  };
  return (
    <ConfirmDialog
      title="Apply a part of the log again?"
      action="Replay"
      wantsReason
      onConfirm={replay}
      onClose={onClose}
    >
      <div class="field-pair">
        <p class="field">
          <label for="replay-from">Received from</label>
          <input
            id="replay-from"
            type="datetime-local"
            required
            value={from}
            onInput={({ currentTarget }) => setFrom(currentTarget.value)}
          />
        </p>
        <p class="field">
          <label for="replay-until">Until (now, unless said)</label>
          <input
            id="replay-until"
            type="datetime-local"
            value={until}
            onInput={({ currentTarget }) => setUntil(currentTarget.value)}
          />
        </p>
      </div>
      <p class="hint">It runs beside the live stream, at the writers’ pace, and can be stopped.</p>
    </ConfirmDialog>
  );
}
