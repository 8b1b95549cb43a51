/** What `portcullis plan` and cdktf's own command run. */
export const cdktfJson = (projectId: string): string =>
  `${JSON.stringify(
    {
      language: 'typescript',
      app: 'node --require tsx/cjs stacks/main.ts',
      projectId,
      sendCrashReports: 'false',
      terraformProviders: [],
      terraformModules: [],
    },
    null,
    2,
  )}\n`;
