import type { FastifyInstance } from 'fastify';
import { bookingFields, slotTaken } from '../../shared/booking-page.ts';
import { dayText, openDays, opening } from '../../shared/calendar.ts';
import { sql } from '../db.ts';
import { AppError } from '../errors.ts';
import { readFields } from '../fields.ts';
import { oneOf, readInput } from '../input.ts';

const today = () => dayText(new Date());

/** Bookings. Visitors see which times are taken and never by whom. */
export default async function bookings(app: FastifyInstance): Promise<void> {
  app.get('/api/taken', async () => sql`select day::text as day, slot from booking where day >= ${today()} limit 1000`);

  app.post('/api/bookings', async (request, reply) => {
    const when = readInput(request.body, { day: oneOf(...openDays(today())), slot: oneOf(...opening.slots) });
    const values = { ...readFields(request.body, bookingFields), ...when };
    const [booking] = await sql`
      insert into booking ${sql(values)} on conflict (day, slot) do nothing returning id, day::text as day, slot`;
    if (!booking) throw new AppError(409, 'SLOT_TAKEN', slotTaken);
    return reply.status(201).send(booking);
  });
}
