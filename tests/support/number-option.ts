/** The value of `--name`. @throws TypeError with a sentence for the user when it is no number from `least` to `most` */
export function numberOption(
  name: string,
  text: string | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most)) {
    throw new TypeError(`--${name} is a number from ${least} to ${most}`);
  }
  return value;
}
