import { createRequire } from 'node:module';

/** cdktf-cli is one bundle that requires packages which it does not list. They have to be where it looks. */
it('cdktf finds a pseudo-terminal that this Node can load', () => {
  const requireOfCdktf = createRequire(require.resolve('cdktf-cli/bundle/bin/cdktf'));
  expect(requireOfCdktf('@cdktf/node-pty-prebuilt-multiarch')).toHaveProperty('spawn');
});
