import { useState } from 'preact/hooks';
import { ApiProblem } from '../../data/api.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';

/** What silences and maintenance windows share. */

/** What keeps a dialog open, with the sentence in it. */
export const incomplete = (words: string): ApiProblem => new ApiProblem(400, 'incomplete', words, null);

/** Labels and values that are meant, written as text. */
export function MatchField({ text, onInput }: { text: string; onInput: (text: string) => void }) {
  return (
    <p class="field">
      <label for="plan-match">What is meant: labels with values</label>
      <input
        id="plan-match"
        required
        autocomplete="off"
        spellcheck={false}
        placeholder="olt=olt-3, region=north|south"
        value={text}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      <small class="hint">All of them have to fit; also rule, severity, kind, sn, model, firmware.</small>
    </p>
  );
}

/** A button that ends something, after it was asked why. */
export function EndButton({
  title,
  onEnd,
}: {
  title: string;
  /** @param reason for the audit */
  onEnd: (reason: string) => Promise<void>;
}) {
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setAsked(true)}>
        End now
      </button>
      {isAsked && (
        <ConfirmDialog
          title={title}
          action="End it"
          wantsReason
          onConfirm={onEnd}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
