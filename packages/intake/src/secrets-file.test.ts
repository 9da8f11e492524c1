import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../tests/support/eventually.js';
import { followSecretsFile, type SecretsFile } from './secrets-file.js';

let folder: string;
let path: string;
let file: SecretsFile | undefined;
let warnings: string[];
let states: { count: number; isGood: boolean }[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-secrets-'));
  path = join(folder, 'webhook');
  [warnings, states] = [[], []];
});
afterEach(() => {
  file?.stop();
  file = undefined;
  rmSync(folder, { recursive: true });
});

const follow = async (fixed: string[] = []): Promise<SecretsFile> =>
  (file = await followSecretsFile({
    ...{ path, fixed, everyMs: 60_000 },
    seen: (count, isGood) => states.push({ count, isGood }),
    logger: {
      warn: (_facts: object, sentence: string) => warnings.push(sentence),
      info: () => undefined,
    } as never,
  }));
const secretsOf = ({ live }: SecretsFile): string[] => live().map(({ text }) => text.export().toString());
/** As a careful operator does it: in one step. */
const replace = (text: string): void => {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
};
const look = async (times: number): Promise<void> => {
  for (let looks = 0; looks < times; looks += 1) await file!.look();
};

test('secrets stand one a line, with comments and blank lines between', async () => {
  writeFileSync(path, '# the new one\nfirst\r\n\n  second  \n#third\n');
  expect(secretsOf(await follow(['fixed']))).toEqual(['fixed', 'first', 'second']);
  expect(states).toEqual([{ count: 3, isGood: true }]);
});

test('secrets change while the service runs', async () => {
  writeFileSync(path, 'old');
  const following = await follow();
  replace('new\nold');
  await look(2);
  expect(secretsOf(following)).toEqual(['new', 'old']);
  replace('new');
  await look(2);
  expect(secretsOf(following)).toEqual(['new']);
});

test('it looks by itself', async () => {
  writeFileSync(path, 'old');
  file = await followSecretsFile({
    ...{ path, fixed: [], everyMs: 10, seen: () => undefined },
    logger: { warn: () => undefined, info: () => undefined } as never,
  });
  replace('new');
  await eventually('the new secret', () => secretsOf(file!)[0] === 'new');
});

test('a file that is a link, as Kubernetes mounts it, is followed to where it leads now', async () => {
  const [one, other] = [join(folder, '1'), join(folder, '2')];
  writeFileSync(one, 'old');
  writeFileSync(other, 'new');
  symlinkSync(one, path);
  const following = await follow();
  symlinkSync(other, `${path}.new`);
  renameSync(`${path}.new`, path);
  await look(2);
  expect(secretsOf(following)).toEqual(['new']);
});

test.each([
  ['missing', () => unlinkSync(path), /cannot be read/],
  ['empty', () => writeFileSync(path, '\n# nothing\n'), /holds none/],
  ['wrong', () => writeFileSync(path, 'good\nwhsec_not base64'), /not base64/],
  ['too large', () => writeFileSync(path, 'x'.repeat(70_000)), /too large/],
])(
  'a file that is %s changes nothing, says so once, and counts again when it is mended',
  async (_name, spoil, words) => {
    writeFileSync(path, 'old');
    const following = await follow();
    spoil();
    await look(3);
    expect(warnings).toEqual([expect.stringMatching(words)]);
    expect(warnings[0]).not.toContain('good');
    expect(secretsOf(following)).toEqual(['old']);
    expect(states.at(-1)).toEqual({ count: 1, isGood: false });
    replace('mended');
    await look(2);
    expect(secretsOf(following)).toEqual(['mended']);
    expect(states.at(-1)).toEqual({ count: 1, isGood: true });
  },
);

test('what is read while it is being written does not count', async () => {
  writeFileSync(path, 'old');
  const following = await follow();
  for (let length = 1; length <= 12; length += 1) {
    writeFileSync(path, 'a-new-secret'.slice(0, length));
    await look(1);
    expect(secretsOf(following)).toEqual(['old']);
  }
  await look(1);
  expect(secretsOf(following)).toEqual(['a-new-secret']);
});

test('a file that cannot be used at the start stops the start', async () => {
  await expect(follow()).rejects.toThrow(/cannot be read/);
  writeFileSync(path, '');
  await expect(follow()).rejects.toThrow(/holds none/);
});
