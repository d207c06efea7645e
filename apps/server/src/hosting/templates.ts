import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtefactStore } from './artefacts.ts';
import { type CompileOptions, compile } from './compile.ts';
import type { HostedStack } from './ports.ts';

/** A stack's template as a source of builds. */
export interface TemplateSource {
  stack: HostedStack;
  /** Git tree of the template: every new project's first version has it. */
  treeSha: string;
  checkout(targetDir: string): Promise<void>;
}

/** Artefacts of templates, built ahead so that a new project's first preview waits for no build. */
export interface TemplateArtefacts {
  /** Builds what is not built yet, in the background of the start. */
  prepare(sources: readonly TemplateSource[]): Promise<void>;
  /** The artefact of a template's tree, waiting for its build if that is under way; null when it is no template. */
  find(treeSha: string): Promise<string | null>;
  /** The artefacts of all templates, also of earlier releases of the platform. */
  digests(): Promise<string[]>;
  close(): Promise<void>;
}

export function createTemplateArtefacts(
  options: CompileOptions,
  folder: string,
  artefacts: ArtefactStore,
): TemplateArtefacts {
  const digests = new Map<string, Promise<string | null>>();
  const closing = new AbortController();

  async function known(file: string): Promise<string | null> {
    const digest = await readFile(file, 'utf8').catch(() => '');
    return digest && (await artefacts.has(digest)) ? digest : null;
  }

  async function build(source: TemplateSource): Promise<string | null> {
    await mkdir(folder, { recursive: true });
    // The stack is part of the key: another lockfile or command makes another artefact of the same tree.
    const file = join(folder, `${source.treeSha}-${source.stack.dependenciesKey}`);
    const built = await known(file);
    if (built) return built;
    const result = await compile(options, {
      id: `template-${source.treeSha.slice(0, 12)}`,
      stack: source.stack,
      project: null,
      checkout: source.checkout,
      logFile: join(folder, `${source.stack.id}.log`),
      onOutput: () => {},
      fillsCache: true,
      signal: closing.signal,
    });
    // A template that does not build shows itself in the first project's own build, with its log.
    if (!result.ok || closing.signal.aborted) return null;
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, result.artefactDigest);
    await rename(draft, file);
    return result.artefactDigest;
  }

  return {
    prepare: async (sources) => {
      for (const source of sources) digests.set(source.treeSha, build(source));
      await Promise.all(digests.values());
    },
    // One that could not be built is built by the project itself.
    find: async (treeSha) => (await digests.get(treeSha)?.catch(() => null)) ?? null,
    async digests() {
      const names = await readdir(folder).catch(() => []);
      const read = names.map((name) => readFile(join(folder, name), 'utf8').catch(() => ''));
      return (await Promise.all(read)).filter((text) => /^sha256:[0-9a-f]{64}$/.test(text));
    },
    async close() {
      closing.abort();
      await Promise.allSettled(digests.values());
    },
  };
}
