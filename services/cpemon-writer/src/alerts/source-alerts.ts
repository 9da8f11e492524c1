import { advanceAlert } from '@cpemon/alerts';
import type { Connection } from '@cpemon/database';
import { readOpenSilences } from '@cpemon/store';
import { newAlert, type AlertBook } from './alert-book.js';

export const SOURCE_RULE = 'source';

/** A source or model that is silent as a whole is one alert, whatever the number of its devices. */
export async function judgeSources(connection: Connection, book: AlertBook, at: number): Promise<void> {
  const open = new Set<string>();
  for (const { kind, name, startedAt, devices } of await readOpenSilences(connection)) {
    const openKey = `${SOURCE_RULE}:${kind}:${Buffer.from(name).toString('hex').slice(0, 200)}`;
    open.add(openKey);
    if (book.find(openKey) !== undefined) continue;
    const summary = `Nothing comes from ${kind} ${name}, which ${devices} devices report by`;
    const severity = kind === 'source' ? 'critical' : 'warning';
    const cause = kind === 'source' ? 'source_silent' : 'model_quiet';
    const told = {
      rule: SOURCE_RULE,
      kind: 'group',
      severity,
      cause,
      summary,
      labels: { [kind]: name },
    } as const;
    const group = { groupLabel: kind, groupValue: name.slice(0, 160), members: devices };
    book.add(newAlert({ ...told, ...group, openKey, startedAt, state: 'firing', firedAt: at }, at));
  }
  for (const alert of [...book.all()]) {
    if (alert.rule !== SOURCE_RULE || alert.state === 'resolved' || open.has(alert.openKey)) continue;
    Object.assign(alert, advanceAlert(alert, at, at, { forMs: 0, recoveryMs: 0 }));
    book.touch(alert);
  }
}
