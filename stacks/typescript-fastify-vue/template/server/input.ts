import { AppError } from './errors.ts';

/** Reads one field of a request body: returns its value or throws a sentence about what is wrong. */
type Reader<T> = (value: unknown) => T;

interface TextRules {
  max?: number;
  optional?: boolean;
}

/** A text without surrounding blanks. Empty is refused unless `optional`, which gives ''. */
export function text({ max = 500, optional = false }: TextRules = {}): Reader<string> {
  return (value) => {
    const trimmed = typeof value === 'string' ? value.trim() : '';
    if (trimmed === '' && !optional) throw new Error('Please fill this in.');
    if (trimmed.length > max) throw new Error(`Please keep this under ${max} characters.`);
    return trimmed;
  };
}

/** An email address. */
export const email: Reader<string> = (value) => {
  const address = text({ max: 254 })(value);
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) throw new Error('This does not look like an email address.');
  return address;
};

/** A whole number between two limits. Digits in a text count, since that is what a form sends. */
export function integer({ min = 0, max = 1_000_000 } = {}): Reader<number> {
  return (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) throw new Error('Please enter a whole number.');
    if (number < min || number > max) throw new Error(`Please enter a number from ${min} to ${max}.`);
    return number;
  };
}

/** A calendar day as YYYY-MM-DD. */
export const date: Reader<string> = (value) => {
  const day = text({ max: 10 })(value);
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : null;
  if (!parsed?.toJSON()?.startsWith(day)) throw new Error('Please choose a day.');
  return day;
};

/** True or false. */
export const flag: Reader<boolean> = (value) => value === true || value === 'true' || value === 'on';

/** One of the given words. */
export function oneOf<const T extends string>(...words: T[]): Reader<T> {
  return (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new Error('Please choose one of the options.');
    return found;
  };
}

/**
 * Reads a request body by rules, and answers 400 with a sentence per field when something is wrong:
 * `const { name } = readInput(request.body, { name: text({ max: 80 }) })`.
 */
export function readInput<T extends Record<string, unknown>>(
  body: unknown,
  readers: { [K in keyof T]: Reader<T[K]> },
): T {
  const source = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const fields: Record<string, string> = {};
  const entries = Object.entries(readers).map(([name, read]) => {
    try {
      return [name, read(source[name])];
    } catch (error) {
      fields[name] = (error as Error).message;
      return [name, undefined];
    }
  });
  if (Object.keys(fields).length > 0)
    throw new AppError(400, 'INVALID_INPUT', 'Please check what you entered.', fields);
  return Object.fromEntries(entries) as T;
}
