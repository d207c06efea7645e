import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Git } from '../git/git.ts';
import { PLATFORM } from '../git/repository.ts';
import { checkoutScript, initScript } from '../git/scripts.ts';
import type { Layout } from '../layout.ts';
import type { Modules } from '../modules.ts';
import { copyFolder } from './copy.ts';
import { templateFiles } from './files.ts';
import type { Stack } from './loader.ts';

/** A template ready to be copied: a bare repository with one commit, and its files laid out. */
export interface Template {
  stack: Stack;
  commit: string;
  treeSha: string;
  repositoryDir: string;
  treeDir: string;
}

export interface Templates {
  /** The template of a stack, made once per content and machine. Throws `runtime_unavailable` without sandboxes. */
  of(stack: Stack): Promise<Template>;
}

/** Part of every template's name: a change of how repositories are made gives new ones. */
const FORMAT = 2;
/** The first commit depends on nothing but the files, so its tree names the template on every machine. */
const FIRST_COMMIT_AT = '2026-01-01T00:00:00Z';

export function createTemplates(git: Git, layout: Layout, modules: Pick<Modules, 'shared'>): Templates {
  const made = new Map<string, Promise<Template>>();
  return {
    of(stack) {
      const key = `${stack.id}-${FORMAT}-${stack.templateHash.slice(0, 16)}`;
      const known = made.get(key);
      if (known) return known;
      const template = findOrMake({ git, layout, modules }, stack, join(layout.templates, key));
      made.set(key, template);
      template.catch(() => made.delete(key));
      return template;
    },
  };
}

type Maker = { git: Git; layout: Layout; modules: Pick<Modules, 'shared'> };

async function findOrMake(maker: Maker, stack: Stack, dir: string): Promise<Template> {
  const names = await readNames(dir).catch(async () => {
    await make(maker, stack, dir);
    return readNames(dir);
  });
  return { stack, ...names, repositoryDir: join(dir, 'repository.git'), treeDir: join(dir, 'tree') };
}

async function readNames(dir: string): Promise<{ commit: string; treeSha: string }> {
  const [commit = '', treeSha = ''] = (await readFile(join(dir, 'commit'), 'utf8')).split(' ');
  return { commit, treeSha };
}

/** Made aside and renamed whole, so that what is found was finished. */
async function make({ git, layout, modules }: Maker, stack: Stack, dir: string): Promise<void> {
  const draft = join(layout.staging, randomUUID());
  const [source, repository, tree] = ['source', 'repository.git', 'tree'].map((name) => join(draft, name)) as [
    string,
    string,
    string,
  ];
  try {
    await Promise.all([source, repository, tree].map((folder) => mkdir(folder, { recursive: true })));
    for (const path of await templateFiles(stack.templateDir)) {
      await mkdir(dirname(join(source, path)), { recursive: true });
      await copyFile(join(stack.templateDir, path), join(source, path));
    }
    const { stdout } = await git.run({
      script: initScript,
      args: [stack.name],
      repository: { dir: repository, mode: 'rw' },
      tree: { dir: source, mode: 'ro' },
      env: { ...PLATFORM, GIT_AUTHOR_DATE: FIRST_COMMIT_AT, GIT_COMMITTER_DATE: FIRST_COMMIT_AT },
    });
    const names = stdout.toString();
    await git.run({
      script: checkoutScript,
      args: [names.split(' ')[0] ?? ''],
      repository: { dir: repository, mode: 'ro' },
      tree: { dir: tree, mode: 'rw' },
    });
    await symlink(modules.shared(stack), join(tree, 'node_modules'));
    await writeFile(join(draft, 'commit'), names);
    await rm(source, { recursive: true });
    await rename(draft, dir).catch(async (error: unknown) => {
      // Another platform on this home made it meanwhile; one that is not whole gives way.
      if (await readNames(dir).catch(() => null)) return;
      await rm(dir, { recursive: true, force: true });
      await rename(draft, dir).catch(() => Promise.reject(error));
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Lays a template's files into an empty folder, as a build takes them: without node_modules. */
export async function layTemplate(template: Template, targetDir: string): Promise<void> {
  await rm(targetDir, { recursive: true });
  await copyFolder(template.treeDir, targetDir);
  await rm(join(targetDir, 'node_modules'));
}
