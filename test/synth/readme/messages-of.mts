import { messagesOf } from '@portcullis/runtime';
import express from 'express';
import { createServer } from 'node:http';

const app = express();
createServer(messagesOf(app), app).listen(8080);
