import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import { type Bind, inside } from '../runtime/index.ts';

/** By what the developer's `claude` reaches the model in her name. */
export interface Login {
  /** Variables of her settings that lead to the model. */
  env: Record<string, string>;
  /** Her credentials, unless a variable holds them. */
  binds: Bind[];
}

const Settings = z.object({ env: z.record(z.string(), z.coerce.string()).default({}) });
/** Where the model is and who asks it; nothing else of her environment is any business of the agents. */
const LEADS_TO_MODEL = /^(ANTHROPIC_\w+|CLAUDE_CODE_OAUTH_TOKEN|(HTTPS?|NO)_PROXY)$/i;
const CREDENTIALS = ['CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'];

async function readSettings(file: string): Promise<z.infer<typeof Settings>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    return Settings.parse(JSON.parse(text));
  } catch {
    throw new ConfigError(`${file} cannot be read as settings of Claude Code. Mend it, then start again.`);
  }
}

/** Reads the login of Claude Code in a folder. It may change while the platform runs. */
export async function readLogin(folder: string): Promise<Login> {
  const settings = await readSettings(join(folder, 'settings.json'));
  const env = Object.fromEntries(Object.entries(settings.env).filter(([name]) => LEADS_TO_MODEL.test(name)));
  if (CREDENTIALS.some((name) => env[name])) return { env, binds: [] };
  const from = join(folder, '.credentials.json');
  if (!existsSync(from))
    throw new ConfigError(
      `TALKIDE_EXECUTOR=cli needs Claude Code’s login, and there is none in ${folder}. Run claude there and log in, or set TALKIDE_CLAUDE_FOLDER.`,
    );
  // Writable: a login is renewed now and then, and one that is renewed but not kept is lost for the developer too.
  const to = join(inside.claudeFolder, '.credentials.json');
  return { env, binds: [{ from, to, mode: 'rw', trusted: true }] };
}
