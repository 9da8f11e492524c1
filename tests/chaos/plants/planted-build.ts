import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Plant, PlantEdit } from './plant.js';

/**
 * Copies what the services run, with the bug in it: compiled code and migrations are copied, everything else is linked.
 * @param folder must not exist yet
 * @returns the root of the copy
 * @throws Error that names the edit which does not fit the code any more
 */
export function makePlantedBuild(repository: string, folder: string, plant: Plant): string {
  mkdirSync(join(folder, 'node_modules/@cpemon'), { recursive: true });
  cpSync(join(repository, 'sql'), join(folder, 'sql'), { recursive: true });
  for (const kind of ['packages', 'services']) {
    for (const name of readdirSync(join(repository, kind))) {
      const from = join(repository, kind, name);
      if (!existsSync(join(from, 'dist'))) continue;
      const to = join(folder, kind, name);
      copyWorkspace(from, to);
      symlinkSync(to, join(folder, 'node_modules/@cpemon', name));
    }
  }
  for (const name of readdirSync(join(repository, 'node_modules'))) {
    if (name !== '@cpemon')
      symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
  }
  for (const edit of plant.edits) applyEdit(folder, plant, edit);
  return folder;
}

function copyWorkspace(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === 'dist' || name === 'package.json')
      cpSync(join(from, name), join(to, name), { recursive: true });
    else if (name !== 'src') symlinkSync(join(from, name), join(to, name));
  }
}

function applyEdit(folder: string, plant: Plant, { file, find, replace }: PlantEdit): void {
  const path = join(folder, file);
  const stale = (why: string): Error =>
    new Error(`The plant ${plant.name} does not fit the code any more: ${file} ${why}:\n${find}`);
  if (!existsSync(path)) throw stale('is not there');
  const text = readFileSync(path, 'utf8');
  const found = text.split(find).length - 1;
  if (found !== 1) throw stale(`has ${found} places that read`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
}
