import { readFileSync } from 'node:fs';

/** The part of V8's .cpuprofile that tells where time went. */
interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  samples: number[];
  /** Microseconds since the sample before. */
  timeDeltas: number[];
}

/** The functions with the most time of their own, one line each: share, name and place. */
export function summariseProfile(file: string, lines: number): string[] {
  return topFunctions(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, lines);
}

/** As above, of a profile in hand. Idle time does not count into the shares. */
export function topFunctions(profile: CpuProfile, lines: number): string[] {
  const names = new Map(
    profile.nodes.map(({ id, callFrame }) => [
      id,
      nameOf(callFrame.functionName, callFrame.url, callFrame.lineNumber),
    ]),
  );
  const selfTime = new Map<string, number>();
  let busy = 0;
  profile.samples.forEach((node, index) => {
    const name = names.get(node) ?? '(unknown)';
    if (name === '(idle)') return;
    const microseconds = profile.timeDeltas[index] ?? 0;
    busy += microseconds;
    selfTime.set(name, (selfTime.get(name) ?? 0) + microseconds);
  });
  const total = [...selfTime].sort((a, b) => b[1] - a[1]).slice(0, lines);
  return [
    `busy for ${(busy / 1e6).toFixed(1)} s`,
    ...total.map(([name, time]) => `${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`),
  ];
}

/** Function, and the file from its workspace or package on. */
function nameOf(functionName: string, url: string, line: number): string {
  if (url === '') return functionName === '' ? '(anonymous)' : functionName;
  const place = url.replace(/^file:\/\//, '').replace(/^.*\/(packages|services|node_modules)\//, '');
  return `${functionName === '' ? '(anonymous)' : functionName}  ${place}:${line + 1}`;
}
