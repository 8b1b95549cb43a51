import { entra } from '@portcullis/runtime/presets';

export const identity = entra({
  tenant: '72f988bf-86f1-41af-91ab-2d7cd011db47',
  api: '0f8fad5b-d9cb-469f-a165-70867728950e',
  scopes: ['read'],
});
