import { logOut, session } from '../data/session.js';

/** Who looks, and the way out. */
export function Who() {
  const who = session.value;
  if (who === null || who.by === 'nothing') return null;
  const labels = Object.entries(who.labels).map(([name, value]) => `${name} ${value}`);
  return (
    <p class="who">
      <span title={labels.join(', ')}>
        {who.name} <small>{labels.length === 0 ? who.role : `${who.role}, ${labels.join(', ')}`}</small>
      </span>
      <button type="button" class="plain" onClick={() => void logOut()}>
        Log out
      </button>
    </p>
  );
}
