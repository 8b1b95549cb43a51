import express, { Router } from 'express';
import { join } from 'node:path';

const FILES = join(__dirname, 'page');

/** `GET /` and the files that it needs. They hold nobody's data: the page gets it from the API. */
export function page(): Router {
  const router = Router();
  router.get('/', (_req, res) => {
    // A stored page would let the back button show what a person saw before they logged out.
    res.set('Cache-Control', 'no-store').sendFile(join(FILES, 'index.html'), { cacheControl: false });
  });
  router.use('/page', express.static(FILES, { index: false, redirect: false, maxAge: '5m' }));
  return router;
}
