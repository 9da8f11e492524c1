import { effect, signal } from '@preact/signals';
import { isWall } from './router.js';

export const THEMES = ['auto', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'cpemon-theme';

export const theme = signal<Theme>(keptTheme());
/** Rises whenever colours change: what draws on a canvas reads it, and draws anew. */
export const coloursVersion = signal(0);

function keptTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((each) => each === kept) ?? 'auto';
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === 'auto') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, chosen);
}

export function startTheme(): void {
  effect(() => {
    const shown = theme.value === 'auto' && isWall.value ? 'dark' : theme.value;
    if (shown === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = shown;
    coloursVersion.value = coloursVersion.peek() + 1;
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    coloursVersion.value += 1;
  });
}

let probe: HTMLElement | undefined;

/** What a colour of the style sheet, such as `--online`, is at the moment: for a canvas. */
export function colour(name: `--${string}`): string {
  if (probe === undefined) {
    probe = document.createElement('i');
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}
