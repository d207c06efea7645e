import { z } from 'zod';
import { errors } from './problem.ts';
import { IdParams, route, Text, Timestamp } from './route.ts';

/** The release that a variable is for: what the preview is told, or what the published application is told. */
export const VariableKind = z.enum(['PREVIEW', 'PUBLISHED']);
export type VariableKind = z.infer<typeof VariableKind>;

/** Names of a project, and bytes of a value and of all values that one release is told. */
export const VARIABLE_LIMITS = { name: 64, names: 100, valueBytes: 8 * 1024, totalBytes: 64 * 1024 } as const;
export const VariableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'Capital letters, digits and underscores, beginning with a letter')
  .max(VARIABLE_LIMITS.name);

/** A variable as it is shown: its value never leaves the platform again. */
export const Variable = z.object({
  name: z.string(),
  kind: VariableKind,
  /** Who set it last; null when that account is gone. */
  updatedBy: z.string().nullable(),
  updatedAt: Timestamp,
});
export type Variable = z.infer<typeof Variable>;

/**
 * What became of the running application: `RESTARTING` with the new values, `NEXT_START` when nothing runs there now,
 * `WAITING` when a publish or a restart was under way already or cannot be had now: the next one takes them.
 */
export const VariableEffect = z.enum(['RESTARTING', 'NEXT_START', 'WAITING']);
const Changed = z.object({
  items: z.array(Variable),
  effects: z.partialRecord(VariableKind, VariableEffect),
});
export type ChangedVariables = z.infer<typeof Changed>;

const tag = 'variables';
export const variableRoutes = {
  listVariables: route({
    method: 'GET',
    url: '/api/projects/:id/variables',
    access: 'user',
    tag,
    summary: 'Names of the variables that the application is told at its start; never their values',
    params: IdParams,
    responses: { 200: z.object({ items: z.array(Variable) }) },
  }),
  setVariables: route({
    method: 'PUT',
    url: '/api/projects/:id/variables',
    access: 'user',
    tag,
    summary: 'Set variables, one by one or as the text of a .env file; what runs is restarted with them',
    params: IdParams,
    body: z.object({
      kinds: z.array(VariableKind).min(1).max(2),
      variables: z
        .array(z.object({ name: VariableName, value: Text.max(VARIABLE_LIMITS.valueBytes) }))
        .max(100)
        .default([]),
      /** The text of a `.env` file, added to the list. */
      dotenv: Text.max(VARIABLE_LIMITS.totalBytes).optional(),
    }),
    responses: { 200: Changed },
    errors: [
      'variable_reserved',
      'variable_invalid',
      'variable_too_long',
      'variables_not_found',
      'too_many_variables',
      'variables_too_large',
    ],
  }),
  removeVariable: route({
    method: 'DELETE',
    url: '/api/projects/:id/variables/:name',
    access: 'user',
    tag,
    summary: 'Remove a variable, from both or from one; what runs is restarted without it',
    params: IdParams.extend({ name: VariableName }),
    query: z.object({ kind: VariableKind.optional() }),
    responses: { 200: Changed },
  }),
};

export const variableErrors = errors({
  variable_reserved: {
    status: 400,
    en: 'TalkIDE itself sets {names}. Leave it out, or choose another name.',
    cs: '{names} nastavuje sám TalkIDE. Vynechte to, nebo zvolte jiné jméno.',
  },
  variable_invalid: {
    status: 400,
    en: '“{name}” cannot be the name of a variable: capital letters, digits and underscores, beginning with a letter, 64 at most.',
    cs: '„{name}“ nemůže být jméno proměnné: velká písmena, číslice a podtržítka, na začátku písmeno, nejvýš 64 znaků.',
  },
  variable_too_long: {
    status: 400,
    en: 'The value of {name} is longer than {limit}. Keep files elsewhere and give their address.',
    cs: 'Hodnota {name} je delší než {limit}. Soubory uložte jinam a dejte jejich adresu.',
  },
  variables_not_found: {
    status: 400,
    en: 'No line of this text reads NAME=value.',
    cs: 'Žádný řádek textu nemá tvar JMENO=hodnota.',
  },
  variables_too_large: {
    status: 409,
    en: 'All values together are {limit} at most. Remove some first, or keep files elsewhere.',
    cs: 'Všechny hodnoty dohromady mají nejvýš {limit}. Nejdřív některé odeberte, nebo soubory uložte jinam.',
  },
  too_many_variables: {
    status: 409,
    en: 'A project has {limit} variables at most. Remove some first.',
    cs: 'Projekt má nejvýš {limit} proměnných. Nejdřív některé odeberte.',
  },
});
