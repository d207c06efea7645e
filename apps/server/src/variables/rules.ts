import { parseEnv } from 'node:util';
import { VARIABLE_LIMITS, VariableName } from '@talkide/contracts';
import { DomainError } from '../errors.ts';

/** Names that the platform or the sandbox sets, and those by which a program's loader or its network could be steered. */
const RESERVED =
  /^(PATH|HOME|HOST|PORT|USER|PWD|SHELL|TZ|LANG|IFS|ENV|SOCKET_PATH|DATABASE_URL|(LD|NODE|NPM|BASH|LC|DYLD|GLIBC|MALLOC|TALKIDE|APP)_.*|(HTTP|HTTPS|ALL|NO)_PROXY)$/;

export interface NewVariable {
  name: string;
  value: string;
}

/** The variables of a request, the last of a name; throws the sentence for the first that cannot be. */
export function readVariables(given: readonly NewVariable[], dotenv: string | undefined): NewVariable[] {
  const fromText = Object.entries(dotenv === undefined ? {} : parseEnv(dotenv.replace(/^\uFEFF/, ''))).map(
    ([name, value]) => ({
      name,
      value: value ?? '',
    }),
  );
  const all = new Map([...fromText, ...given].map((one) => [one.name, one]));
  if (all.size === 0) throw new DomainError('variables_not_found');
  // All of them at once: whoever pastes a file would learn of one after the other.
  const reserved = [...all.keys()].filter((name) => RESERVED.test(name));
  if (reserved.length > 0) throw new DomainError('variable_reserved', { names: reserved.slice(0, 20) });
  for (const { name, value } of all.values()) {
    if (!VariableName.safeParse(name).success) throw new DomainError('variable_invalid', { name: name.slice(0, 80) });
    if (Buffer.byteLength(value) > VARIABLE_LIMITS.valueBytes)
      throw new DomainError('variable_too_long', { name, limit: '8 KB' });
  }
  return [...all.values()];
}
