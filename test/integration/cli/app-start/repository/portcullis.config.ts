import { defineConfig } from '@portcullis/cli';
import { policy } from './policy';

export default defineConfig({ policy, environments: { local: {}, elsewhere: {} } });
