import { google } from '@portcullis/runtime/presets';

export const identity = google();
