/**
 * Stands in for the platform in the test of the starter: answers at two ports with its part and speaks the starter's
 * protocol. The successor `loads`, `fails`, `dies` once it has loaded, or is `old` and takes the first socket alone.
 */
import { createServer } from 'node:http';

process.on('disconnect', () => process.exit(0));
const part = process.argv.includes('--successor') ? 'successor' : 'first';
const [plain, other] = [0, 1].map(() => createServer((_request, response) => response.end(part)));
const tells = (what) => process.argv.includes(what);
let takes = [];

function handOver() {
  const left = () => {
    console.log('handed over');
    if (!tells('dies')) process.exit(0);
  };
  if (takes.includes('https')) process.send({ also: 'https' }, other._handle);
  process.send('listening', plain._handle, {}, left);
}

if (part === 'first') {
  plain.listen(0, '127.0.0.1', () => console.log(`port ${plain.address().port}`));
  other.listen(0, '127.0.0.1', () => console.log(`other ${other.address().port}`));
  process.on('message', (message) => {
    if (message === 'stay') console.log('stays');
    if (message === 'stay' && tells('dies')) process.exit(0);
    takes = message.takes ?? takes;
    if (message === 'hand-over') handOver();
  });
} else if (tells('fails')) {
  process.exit(1);
} else {
  process.on('message', (message, handle) => {
    if (message.also) other.listen(handle);
    if (message === 'go') plain.listen(handle);
  });
  if (!tells('old')) process.send({ takes: ['https'] });
  process.send('loaded', () => tells('dies') && process.exit(1));
}
