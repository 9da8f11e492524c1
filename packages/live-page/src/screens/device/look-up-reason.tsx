import { useState } from 'preact/hooks';
import { lookUpReason } from '../../data/api.js';

/** What the API wants at least, and at most. */
const SHORTEST = 3;
const LONGEST = 255;

/** Support says why it looks at a device, before it is shown one. */
export function LookUpReason() {
  const [reason, setReason] = useState('');
  return (
    <section class="panel narrow" aria-labelledby="reason-title">
      <h1 id="reason-title">Why do you look at this device?</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          lookUpReason.value = reason.trim();
        }}
      >
        <p class="field">
          <label for="look-up-reason">Reason, such as the number of the ticket</label>
          <input
            id="look-up-reason"
            required
            minLength={SHORTEST}
            maxLength={LONGEST}
            pattern=".*\S.*\S.*\S.*"
            autocomplete="off"
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </p>
        <p class="actions">
          <button type="submit" class="main">
            Show the device
          </button>
        </p>
        <p class="hint">It is kept with your name, the device and the time.</p>
      </form>
    </section>
  );
}
