import { createServer } from 'node:http';
import { limiter, port, verifier } from '../api';
import { protect } from './protect';

const server = createServer((_req, res) => void res.writeHead(426, { Upgrade: 'websocket' }).end());
protect(server, verifier, limiter, (_message, socket, { subject }) => socket.send(`of ${subject}`));
server.listen(port, '127.0.0.1');
