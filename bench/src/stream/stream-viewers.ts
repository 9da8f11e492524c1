import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

/** Many who follow a stream of server-sent events. */
export interface StreamViewers {
  /** When each of them first read a text, ms of the monotonic clock; rejects when one has not within a time. */
  untilAllSee(text: string, withinMs: number): Promise<number[]>;
  stop(): void;
}

/** As much of what came last as a text may be divided over. */
const TAIL_CHARACTERS = 512;

/** Opens the stream so many times. */
export async function openViewers(url: string, viewers: number): Promise<StreamViewers> {
  let wanted: { text: string; seenAt: (viewer: number) => void } | null = null;
  const answers: IncomingMessage[] = [];
  for (let viewer = 0; viewer < viewers; viewer += 1) {
    const request = get(url, { agent: false });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode}`);
    answers.push(answer);
    let tail = '';
    answer.setEncoding('latin1');
    answer.on('data', (chunk: string) => {
      const text = tail + chunk;
      tail = text.slice(-TAIL_CHARACTERS);
      if (wanted !== null && text.includes(wanted.text)) wanted.seenAt(viewer);
    });
    // Closed at the end, by us.
    answer.on('error', () => undefined);
  }
  return {
    untilAllSee(text, withinMs) {
      const times = new Array<number | undefined>(viewers).fill(undefined);
      let left = viewers;
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          wanted = null;
          reject(new Error(`${left} of ${viewers} viewers have not seen ${text} after ${withinMs} ms`));
        }, withinMs);
        wanted = {
          text,
          seenAt(viewer) {
            if (times[viewer] !== undefined) return;
            times[viewer] = performance.now();
            left -= 1;
            if (left > 0) return;
            clearTimeout(late);
            wanted = null;
            resolve(times as number[]);
          },
        };
      });
    },
    stop() {
      for (const answer of answers) answer.destroy();
    },
  };
}
