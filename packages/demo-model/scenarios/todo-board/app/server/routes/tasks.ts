import type { FastifyInstance } from 'fastify';
import { statuses, taskFields } from '../../shared/todo-board.ts';
import { sql } from '../db.ts';
import { notFound } from '../errors.ts';
import { readFields } from '../fields.ts';
import { oneOf, readInput } from '../input.ts';

type ById = { Params: { id: string } };

/** The tasks of the board. Everyone who has the address shares one board. */
export default async function tasks(app: FastifyInstance): Promise<void> {
  app.get('/api/tasks', async () => sql`select * from task order by moved_at desc, id desc limit 500`);

  app.post('/api/tasks', async (request, reply) => {
    const [task] = await sql`insert into task ${sql(readFields(request.body, taskFields))} returning *`;
    return reply.status(201).send(task);
  });

  app.patch<ById>('/api/tasks/:id', async (request) => {
    const { status } = readInput(request.body, { status: oneOf(...statuses) });
    const [task] = await sql`
      update task set status = ${status}, moved_at = now() where id::text = ${request.params.id} returning *`;
    if (!task) throw notFound('This task');
    return task;
  });

  app.delete<ById>('/api/tasks/:id', async (request) => {
    const [task] = await sql`delete from task where id::text = ${request.params.id} returning *`;
    if (!task) throw notFound('This task');
    return task;
  });
}
