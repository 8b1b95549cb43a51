import * as portcullis from '@portcullis/runtime';
import express from 'express';
import serve from './serve.cjs';

serve(portcullis, express);
