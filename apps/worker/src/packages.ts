import { readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackagesAnswer, PackagesRequest } from '@talkide/contracts';
import type { z } from 'zod';

export type PackagesQuestion = Omit<z.infer<typeof PackagesRequest>, 'leaseToken'>;
export type PackagesWanted = Pick<PackagesQuestion, 'add' | 'remove'>;

const PACKAGE_JSON = 'package.json';
const LOCKFILE = 'package-lock.json';

/**
 * Changes the packages of a working tree: the platform, which has a network, is sent the two files that name them and answers
 * with those that take their place. A refusal leaves everything as it was.
 */
export async function changePackages(
  tree: string,
  wanted: PackagesWanted,
  ask: (request: PackagesQuestion) => Promise<PackagesAnswer>,
): Promise<PackagesAnswer> {
  const read = (name: string) => readFile(join(tree, name), 'utf8');
  const [packageJson, lockfile] = await Promise.all([read(PACKAGE_JSON), read(LOCKFILE)]);
  const answer = await ask({ packageJson, lockfile, ...wanted });
  if (answer.outcome !== 'installed') return answer;
  await replaceFile(join(tree, PACKAGE_JSON), answer.packageJson);
  await replaceFile(join(tree, LOCKFILE), answer.lockfile);
  const link = join(tree, 'node_modules');
  await rm(link, { recursive: true, force: true });
  await symlink(answer.modules, link);
  return answer;
}

async function replaceFile(path: string, content: string): Promise<void> {
  await writeFile(`${path}.draft`, content);
  await rename(`${path}.draft`, path);
}
