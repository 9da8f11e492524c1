import { signal } from '@preact/signals';

interface ToastText {
  id: number;
  text: string;
  isBad: boolean;
}

/** Long enough to be read twice. */
const SHOWN_MS = 6000;
const shown = signal<readonly ToastText[]>([]);
let lastId = 0;

/** Says for some seconds what came of something, also to who reads by ear. */
export function toast(text: string, { isBad = false }: { isBad?: boolean } = {}): void {
  const id = (lastId += 1);
  shown.value = [...shown.value, { id, text, isBad }];
  setTimeout(() => {
    shown.value = shown.value.filter((each) => each.id !== id);
  }, SHOWN_MS);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map(({ id, text, isBad }) => (
        <p key={id} class={isBad ? 'toast bad' : 'toast'}>
          {text}
        </p>
      ))}
    </div>
  );
}
