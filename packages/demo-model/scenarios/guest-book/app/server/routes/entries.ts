import type { FastifyInstance } from 'fastify';
import { entryFields } from '../../shared/guest-book.ts';
import { sql } from '../db.ts';
import { readFields } from '../fields.ts';

/** As many as the page shows; older entries stay stored. */
const shown = 200;

/** The guest book's entries. Anyone may read them and sign. */
export default async function entries(app: FastifyInstance): Promise<void> {
  app.get('/api/entries', async () => sql`select * from entry order by created_at desc, id desc limit ${shown}`);

  app.post('/api/entries', async (request, reply) => {
    const values = readFields(request.body, entryFields);
    const [entry] = await sql`insert into entry ${sql(values)} returning *`;
    return reply.status(201).send(entry);
  });
}
