const CHOICES = [
  { minutes: 60, text: '1 hour' },
  { minutes: 240, text: '4 hours' },
  { minutes: 720, text: '12 hours' },
  { minutes: 1440, text: '1 day' },
  { minutes: 10_080, text: '1 week' },
  { minutes: 44_640, text: '31 days' },
] as const;

/** For how long nobody is told. */
export function MinutesChoice({
  minutes,
  onChange,
}: {
  minutes: number;
  onChange: (minutes: number) => void;
}) {
  return (
    <p class="field">
      <label for="silence-minutes">For how long</label>
      <select
        id="silence-minutes"
        value={String(minutes)}
        onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
      >
        {CHOICES.map((choice) => (
          <option key={choice.minutes} value={String(choice.minutes)}>
            {choice.text}
          </option>
        ))}
      </select>
    </p>
  );
}
