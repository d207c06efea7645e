import {
  VARIABLE_LIMITS,
  type Variable,
  type VariableEffect,
  type VariableKind,
  variableRoutes,
} from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { DomainError } from '../errors.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import { bind } from '../platform/http/bind.ts';
import type { Vault } from '../platform/vault.ts';
import { placeOf } from './place.ts';
import { resealAll } from './reseal.ts';
import { readVariables } from './rules.ts';
import { listVariables, lockVariables, type Owner, putVariable, readSealed, removeVariable } from './store.ts';

type Effect = z.infer<typeof VariableEffect>;

export interface VariablesOptions {
  db: Database;
  vault: Vault;
  projects: { get(tx: Tx, projectId: string): Promise<{ id: string } | null> };
  /** Starts what serves anew, without a failed request, so that it takes the new values. */
  restart(owner: Owner, kind: VariableKind): Promise<Effect>;
  log: { info(facts: object, text: string): void; error(facts: object, text: string): void };
}

/** Variables of applications: write-only for people, sealed in the database, told to a process at its start. */
export interface Variables {
  routes(app: FastifyInstance): void;
  /** What a release is told. Throws `CannotOpen` when the secret key was changed without the one before. */
  read(tx: Tx, owner: Owner, kind: VariableKind): Promise<Record<string, string>>;
  /** Names in either release; all that agents learn. */
  names(tx: Tx, owner: Owner): Promise<string[]>;
  /** Seals anew what an earlier secret key sealed. */
  start(): Promise<void>;
}

export function createVariables({ db, vault, projects, restart, log }: VariablesOptions): Variables {
  const known = async (tx: Tx, projectId: string) => {
    if (!(await projects.get(tx, projectId))) throw new DomainError('not_found');
  };

  /** Refuses what is too many or too much; the transaction takes all of it back. */
  async function checkRoom(tx: Tx, owner: Owner, kinds: readonly VariableKind[]): Promise<void> {
    const { names, totalBytes } = VARIABLE_LIMITS;
    const all = new Set((await listVariables(tx, owner)).map(({ name }) => name));
    if (all.size > names) throw new DomainError('too_many_variables', { limit: names });
    for (const kind of kinds) {
      const sizes = (await readSealed(tx, owner, kind)).map(({ sealed }) => vault.sizeOf(sealed));
      if (sizes.reduce((sum, size) => sum + size, 0) > totalBytes)
        throw new DomainError('variables_too_large', { limit: '64 KB' });
    }
  }

  async function change(
    owner: Owner,
    work: (tx: Tx) => Promise<readonly VariableKind[]>,
  ): Promise<{ items: Variable[]; effects: Partial<Record<VariableKind, Effect>> }> {
    const { kinds, items } = await db.tenant(owner.tenantId, async (tx) => {
      await known(tx, owner.projectId);
      await lockVariables(tx, owner);
      const changed = await work(tx);
      return { kinds: changed, items: (await listVariables(tx, owner)).map(view) };
    });
    const effects: Partial<Record<VariableKind, Effect>> = {};
    for (const kind of new Set(kinds)) effects[kind] = await restart(owner, kind);
    return { items, effects };
  }

  return {
    routes(app) {
      bind(app, variableRoutes.listVariables, ({ caller, params }) =>
        db.tenant(caller.tenantId, async (tx) => {
          await known(tx, params.id);
          const rows = await listVariables(tx, { tenantId: caller.tenantId, projectId: params.id });
          return { items: rows.map(view) };
        }),
      );
      bind(app, variableRoutes.setVariables, async ({ caller, params, body }) => {
        const owner = { tenantId: caller.tenantId, projectId: params.id };
        const variables = readVariables(body.variables, body.dotenv);
        return change(owner, async (tx) => {
          for (const kind of new Set(body.kinds)) {
            for (const { name, value } of variables) {
              const sealed = vault.seal(placeOf(owner, kind, name), value);
              await putVariable(tx, owner, caller.userId, { name, kind, sealed });
            }
          }
          await checkRoom(tx, owner, body.kinds);
          return body.kinds;
        });
      });
      bind(app, variableRoutes.removeVariable, async ({ caller, params, query }) => {
        const owner = { tenantId: caller.tenantId, projectId: params.id };
        return change(owner, async (tx) => {
          const kinds = await removeVariable(tx, owner, params.name, query.kind);
          if (kinds.length === 0) throw new DomainError('not_found');
          return kinds;
        });
      });
    },

    async read(tx, owner, kind) {
      const rows = await readSealed(tx, owner, kind);
      return Object.fromEntries(rows.map(({ name, sealed }) => [name, vault.open(placeOf(owner, kind, name), sealed)]));
    },

    async names(tx, owner) {
      return [...new Set((await listVariables(tx, owner)).map(({ name }) => name))];
    },

    async start() {
      const { resealed, unreadable } = await resealAll(db, vault);
      if (resealed > 0) log.info({ resealed }, 'Variables were sealed under the new secret key');
      if (unreadable > 0)
        log.error({ unreadable }, 'Variables cannot be opened: set TALKIDE_SECRET_KEY_PREVIOUS, or set them again');
    },
  };
}

const view = (row: Awaited<ReturnType<typeof listVariables>>[number]): Variable => ({
  name: row.name,
  kind: row.kind,
  updatedBy: row.updated_by,
  updatedAt: row.updated_at.toISOString(),
});
