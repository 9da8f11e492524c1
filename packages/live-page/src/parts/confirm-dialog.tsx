import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { problemWords } from '../data/api.js';

/**
 * Asks before something is done that others see, and shows what came of it. Escape and Cancel do nothing.
 * @param isDanger what it does cannot be taken back
 * @param wantsReason text that has to be given, passed to `onConfirm`
 */
export function ConfirmDialog({
  title,
  action,
  isDanger = false,
  wantsReason = false,
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  /** On the button: a verb. */
  action: string;
  isDanger?: boolean;
  wantsReason?: boolean;
  /** Rejects when it could not be done; the dialog says why and stays. */
  onConfirm: (reason: string) => Promise<void>;
  onClose: () => void;
  children?: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const reasonId = useId();
  const [reason, setReason] = useState('');
  const [isDoing, setDoing] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const confirm = async (): Promise<void> => {
    setDoing(true);
    setProblem(null);
    try {
      await onConfirm(reason.trim());
      onClose();
    } catch (error) {
      setProblem(problemWords(error));
      setDoing(false);
    }
  };

  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={titleId} onClose={onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <h2 id={titleId}>{title}</h2>
        {children}
        {wantsReason && (
          <p class="field">
            <label for={reasonId}>Reason (it is kept in the audit)</label>
            <input
              id={reasonId}
              required
              minLength={3}
              maxLength={255}
              value={reason}
              autocomplete="off"
              onInput={({ currentTarget }) => setReason(currentTarget.value)}
            />
          </p>
        )}
        {problem !== null && (
          <p class="note note-bad" role="alert">
            {problem}
          </p>
        )}
        <p class="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={isDanger ? 'danger' : 'main'} disabled={isDoing}>
            {action}
          </button>
        </p>
      </form>
    </dialog>
  );
}
