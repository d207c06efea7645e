/** What anybody would write first: node:http in front, undici behind, the bytes piped. No meter, no token, no budget. */
import { createServer } from 'node:http';
import { Pool } from 'undici';

const pool = new Pool(process.env.UPSTREAM ?? '');
const server = createServer(async (request, response) => {
  const { host: _host, connection: _connection, authorization: _token, ...headers } = request.headers;
  const answer = await pool.request({
    method: 'POST',
    path: (request.url ?? '/').replace(/^\/gateway/, ''),
    headers: { ...headers, 'x-api-key': 'key' },
    body: request,
  });
  const { 'transfer-encoding': _coding, connection: _kept, ...passed } = answer.headers;
  response.writeHead(answer.statusCode, passed);
  answer.body.pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
