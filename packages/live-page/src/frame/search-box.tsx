import { useEffect, useRef, useState } from 'preact/hooks';
import { isSupport } from '../data/session.js';
import { navigate, place, route, setQuery } from './router.js';
import { devicesPath } from './url-state.js';

/** Typing goes on before this: a search a key would be for nothing. */
const PAUSE_MS = 150;
/** As much as the API looks for. */
const LONGEST = 128;

/** Looks for devices as one types; `/` comes here from anywhere, Escape leaves. */
export function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const inAddress = route.value.screen === 'devices' ? (place.value.query.get('q') ?? '') : '';
  const [text, setText] = useState(inAddress);

  // Back, forward and links change what is looked for.
  useEffect(() => {
    if (document.activeElement !== input.current) setText(inAddress);
  }, [inAddress]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      const { target } = event;
      if (target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]'))
        return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  // Support asks on the screen of devices, with a reason.
  if (isSupport.value) return null;

  const look = (wanted: string): void => {
    clearTimeout(timer.current);
    const q = wanted.trim();
    if (route.value.screen === 'devices') {
      if (q !== (place.value.query.get('q') ?? '')) setQuery({ q, cursor: '' });
    } else if (q !== '') navigate(devicesPath({ q }));
  };

  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        look(text);
      }}
    >
      <input
        ref={input}
        type="search"
        aria-label="Search devices"
        aria-keyshortcuts="/"
        placeholder="Serial, MAC, IP, key   /"
        maxLength={LONGEST}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget: { value } }) => {
          setText(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => look(value), PAUSE_MS);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (text === '') input.current?.blur();
          else {
            setText('');
            look('');
          }
        }}
      />
    </form>
  );
}
