/** What the doctor says about one thing. `bad`: CPEmon will not run, or loses what it confirmed. `warning`: it may. */
export interface Finding {
  about: string;
  state: 'good' | 'warning' | 'bad';
  /** A sentence; what to do stands in it where there is something to do. */
  says: string;
  /** Mends it without harm to anything; there for what `--fix` can do. @returns what was done, a sentence */
  fix?: () => string;
}

export const good = (about: string, says: string): Finding => ({ about, state: 'good', says });
export const warning = (about: string, says: string): Finding => ({ about, state: 'warning', says });
export const bad = (about: string, says: string): Finding => ({ about, state: 'bad', says });
