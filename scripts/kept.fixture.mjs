/** Stands in for the platform in the test of the starter: answers with its part and speaks the starter's protocol. */
import { createServer } from 'node:http';

process.on('disconnect', () => process.exit(0));
const part = process.argv.includes('--successor') ? 'successor' : 'first';
const server = createServer((_request, response) => response.end(part));

if (part === 'first') {
  server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
  process.on('message', (message) => {
    if (message === 'stay') console.log('stays');
    if (message !== 'hand-over') return;
    process.send('listening', server._handle, {}, () => {
      console.log('handed over');
      process.exit(0);
    });
  });
} else if (process.argv.includes('fails')) {
  process.exit(1);
} else {
  process.on('message', (message, handle) => message === 'go' && server.listen(handle));
  process.send('loaded');
}
