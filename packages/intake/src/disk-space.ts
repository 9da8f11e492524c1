import { statfs } from 'node:fs/promises';

/** Part of the file system of `path` that is free for its owner, 0 to 1. @throws the system's error */
export async function freeRatioOf(path: string): Promise<number> {
  const { bavail, blocks } = await statfs(path);
  return blocks === 0 ? 1 : bavail / blocks;
}
