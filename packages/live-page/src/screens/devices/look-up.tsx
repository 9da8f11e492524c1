import { useState } from 'preact/hooks';
import { api, lookUpReason, problemWords } from '../../data/api.js';
import { Panel } from '../../parts/panel.js';
import { navigate } from '../../frame/router.js';
import { devicePath } from '../../frame/url-state.js';

/** Support asks for one device by a whole key and says why; that is written down. */
export function LookUp() {
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<string | null>(null);

  const look = async (): Promise<void> => {
    setProblem(null);
    try {
      const { items } = await api.call('getDevices', { query: { key: key.trim() } });
      const [found] = items;
      if (found === undefined) setProblem('No device is known by this key.');
      else navigate(devicePath(found.id));
    } catch (error) {
      setProblem(problemWords(error));
    }
  };

  return (
    <Panel title="Look a device up" kind="narrow">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <p class="field">
          <label for="key">Serial number, service or key, whole</label>
          <input
            id="key"
            required
            maxLength={128}
            autocomplete="off"
            spellcheck={false}
            value={key}
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
        </p>
        <p class="field">
          <label for="reason">Why (it is kept with your name)</label>
          <input
            id="reason"
            required
            minLength={3}
            maxLength={255}
            autocomplete="off"
            value={lookUpReason.value}
            onInput={({ currentTarget }) => {
              lookUpReason.value = currentTarget.value;
            }}
          />
        </p>
        {problem !== null && (
          <p class="note note-bad" role="alert">
            {problem}
          </p>
        )}
        <p class="actions">
          <button type="submit" class="main">
            Look up
          </button>
        </p>
      </form>
    </Panel>
  );
}
