import { chooseTheme, theme, THEMES, type Theme } from './theme.js';

const WORDS: Record<Theme, string> = { auto: 'Auto', dark: 'Dark', light: 'Light' };

/** Dark, light, or what the system says. */
export function ThemeSwitch() {
  return (
    <label class="theme-switch">
      <span class="for-readers">Colours</span>
      <select value={theme.value} onChange={({ currentTarget }) => chooseTheme(currentTarget.value as Theme)}>
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {WORDS[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
