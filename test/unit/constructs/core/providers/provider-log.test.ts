import { refuseProviderDebugLog } from '@portcullis/constructs';
import { App } from 'cdktf';

const refuse = (env: NodeJS.ProcessEnv) => refuseProviderDebugLog(new App(), env);

it.each([
  { TF_LOG: 'DEBUG' },
  { TF_LOG: 'trace' },
  { TF_LOG: 'JSON' },
  { TF_LOG: '1' },
  { TF_LOG: 'INFO', TF_LOG_PROVIDER: 'DEBUG' },
  { TF_LOG: 'TRACE', TF_LOG_PROVIDER: '' },
])('refuses %j, at which the provider logs passwords', (levels) => {
  expect(() => refuse(levels)).toThrow(
    expect.objectContaining({
      code: 'ERR_PROVIDER_LOG',
      message: expect.stringContaining('TF_LOG_CORE') as string,
    }) as Error,
  );
});

it.each([
  {},
  { TF_LOG: 'INFO' },
  { TF_LOG: 'warn' },
  { TF_LOG_CORE: 'TRACE' },
  { TF_LOG: 'TRACE', TF_LOG_PROVIDER: 'INFO' },
  { TF_LOG: 'TRACE', TF_LOG_PROVIDER: 'off' },
])('allows %j', (levels) => {
  expect(() => refuse(levels)).not.toThrow();
});
