const KIB = 1024;
const SI: [number, string][] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** A figure as Grafana writes it, near enough: with its unit, in three digits. */
export function unitText(value: number, unit = 'none'): string {
  if (!Number.isFinite(value)) return '–';
  switch (unit) {
    case 's':
      return secondsText(value);
    case 'ms':
      return secondsText(value / 1000);
    case 'percentunit':
      return `${threeDigits(value * 100)} %`;
    case 'bytes':
    case 'decbytes':
      return bytesText(value);
    case 'ops':
    case 'reqps':
      return `${siText(value)}/s`;
    case 'short':
    case 'none':
      return siText(value);
    default:
      return `${threeDigits(value)} ${unit}`;
  }
}

function secondsText(value: number): string {
  const size = Math.abs(value);
  if (size >= 86_400) return `${threeDigits(value / 86_400)} d`;
  if (size >= 3600) return `${threeDigits(value / 3600)} h`;
  if (size >= 60) return `${threeDigits(value / 60)} min`;
  if (size >= 1 || size === 0) return `${threeDigits(value)} s`;
  return `${threeDigits(value * 1000)} ms`;
}

function bytesText(value: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log(Math.abs(value) || 1) / Math.log(KIB))));
  return `${threeDigits(value / KIB ** power)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

function siText(value: number): string {
  const [size, letter] = SI.find(([least]) => Math.abs(value) >= least) ?? [1, ''];
  return letter === '' ? threeDigits(value) : `${threeDigits(value / size)} ${letter}`;
}

const threeDigits = (value: number): string =>
  String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
