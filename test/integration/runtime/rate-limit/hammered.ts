/** What the hammering processes and their judge agree on. Windows are short, so that many pass. */
export const HAMMERED = {
  client: 'hammered',
  windowsMs: [1_000, 2_000],
  limits: [600, 1_000],
};
