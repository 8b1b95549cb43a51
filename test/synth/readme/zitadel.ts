import { zitadel } from '@portcullis/runtime/presets';

export const identity = zitadel({ domain: 'fintech.zitadel.cloud', project: '69234237810729019' });
