/**
 * Answers each UDP packet with its own text and this host's name. The answer
 * leaves from the host's own address: what is measured is whether the request
 * was let in, which only the holder of the virtual address does.
 */
import { createSocket } from 'node:dgram';
import { hostname } from 'node:os';

const name = hostname();
const socket = createSocket('udp4');

socket.on('message', (message, sender) => {
  // The client may be out of reach by now: then nobody waits for this answer.
  socket.send(
    `${message.toString('latin1')} ${name}`,
    sender.port,
    sender.address,
    () => undefined,
  );
});

socket.bind(Number(process.argv[2]));
