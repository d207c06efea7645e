import { z } from 'zod';
import { PageQuery, page, route, Text, Timestamp } from './route.ts';

export const Todo = z.object({
  id: z.uuid(),
  title: z.string(),
  completed: z.boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Todo = z.infer<typeof Todo>;

const Title = Text.trim().min(1).max(255);
const TodoParams = z.object({ id: z.uuid() });
const tag = 'tenancy';
export const tenancyRoutes = {
  listTodos: route({
    method: 'GET',
    url: '/api/todos',
    access: 'user',
    tag,
    summary: "The tenant's task list",
    query: PageQuery,
    responses: { 200: page(Todo) },
  }),
  createTodo: route({
    method: 'POST',
    url: '/api/todos',
    access: 'user',
    tag,
    summary: 'Add a task',
    body: z.object({ title: Title }),
    responses: { 201: Todo },
    idempotent: true,
  }),
  updateTodo: route({
    method: 'PATCH',
    url: '/api/todos/:id',
    access: 'user',
    tag,
    summary: 'Reword a task',
    params: TodoParams,
    body: z.object({ title: Title }),
    responses: { 200: Todo },
  }),
  toggleTodo: route({
    method: 'POST',
    url: '/api/todos/:id/toggle',
    access: 'user',
    tag,
    summary: 'Tick or untick a task',
    params: TodoParams,
    responses: { 200: Todo },
  }),
  deleteTodo: route({
    method: 'DELETE',
    url: '/api/todos/:id',
    access: 'user',
    tag,
    summary: 'Remove a task',
    params: TodoParams,
    responses: { 204: z.void() },
  }),
};
