/** What stands at the moments of a time axis, where the reader is. */

const DAY_SECONDS = 86_400;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const two = (value: number): string => String(value).padStart(2, '0');

/**
 * @param times epoch seconds, evenly spaced
 * @param stepSeconds between two of them
 */
export function axisTimes(times: readonly number[], stepSeconds: number): string[] {
  return times.map((time) => {
    const at = new Date(time * 1000);
    const day = `${at.getDate()} ${MONTHS[at.getMonth()]!}`;
    if (stepSeconds >= DAY_SECONDS) return day;
    const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
    return clock === '00:00' ? day : clock;
  });
}
